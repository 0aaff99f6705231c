import type { MigrationList, PairRow, SignatureDetail, SignatureList } from '../../proxy/admin/api-types.ts';
import type { AdminClient } from '../admin-client.ts';
import { defineCommand } from '../command.ts';
import { nobodyAnswers, UsageError } from '../failures.ts';
import { keepForProgram } from '../keep-for-program.ts';
import { becomeProgram } from '../pinned-node.ts';
import { checkAgainst } from './check-against.ts';
import { migrationPath } from './migration-operand.ts';

const checker = new URL('../../proxy/config/check.ts', import.meta.url);
const descriptionsChecker = new URL('../../proxy/openapi/check.ts', import.meta.url);
const rulesChecker = new URL('../../proxy/check-rules.ts', import.meta.url);

export const check = defineCommand({
  name: 'check',
  usage:
    'check [FILE | --config FILE] | check --rules [--config FILE] [--pairs FILE] [ID] | check --openapi OLD NEW | check --against RECORDING [--config FILE]',
  operands: [
    { name: 'FILE|ID', required: false, text: 'the routes file (routes.yaml); with --rules, a migration' },
  ],
  options: {
    config: { type: 'string', value: 'FILE', text: 'the routes file' },
    rules: { type: 'boolean', text: 'make faults in recorded answers: would the rules let them be seen?' },
    openapi: {
      type: 'string',
      value: 'OLD',
      text: 'an OpenAPI file: what does the one named after it take away from clients?',
    },
    against: {
      type: 'strings',
      value: 'FILE',
      text: 'which of its requests would go elsewhere under this routes file; repeatable',
    },
    before: {
      type: 'string',
      value: 'FILE',
      text: 'with --against: the routes file of now (that of the running Ficus)',
    },
    'fail-on-change': { type: 'boolean', text: 'with --against: exit 1 when one would' },
    pairs: {
      type: 'string',
      value: 'FILE',
      text: 'NDJSON with pairs, instead of those the proxy has stored',
    },
  },
  asksAdmin: true,
  examples: [
    'ficus check --config routes.yaml',
    'ficus check --rules catalog',
    'ficus check --against recordings/ --config new-routes.yaml',
    'ficus check --rules --pairs pairs.ndjson',
    'ficus check --openapi openapi.released.yaml openapi.yaml',
  ],

  async run({ operands: [operand], values, json, admin, paint, width }) {
    const {
      config,
      rules = false,
      pairs,
      openapi,
      against,
      before,
      'fail-on-change': failOnChange = false,
    } = values;
    if (against !== undefined) {
      if (rules || pairs !== undefined) throw new UsageError('--against and --rules are two questions');
      if (operand !== undefined && config !== undefined)
        throw new UsageError('FILE and --config are the same: give one');
      const question = { recordings: against, config: routesFile(operand ?? config), before, failOnChange };
      return checkAgainst(question, admin(), { paint, width });
    }
    if (before !== undefined || failOnChange)
      throw new UsageError('--before and --fail-on-change go with --against');
    const flags = json ? ['--json'] : [];
    if (openapi !== undefined) {
      if (rules || config !== undefined || pairs !== undefined)
        throw new UsageError('--openapi goes with no other option');
      if (operand === undefined)
        throw new UsageError('--openapi compares two files: ficus check --openapi OLD NEW');
      return becomeProgram(descriptionsChecker, [openapi, operand, ...flags]);
    }
    if (!rules) {
      if (pairs !== undefined) throw new UsageError('--pairs goes with --rules');
      if (operand !== undefined && config !== undefined)
        throw new UsageError('FILE and --config are the same: give one');
      return becomeProgram(checker, [routesFile(operand ?? config), ...flags]);
    }
    const file = routesFile(config);
    const only = operand === undefined ? [] : ['--migration', operand];
    if (pairs !== undefined) return becomeProgram(rulesChecker, [file, ...only, '--pairs', pairs, ...flags]);
    const stored = await storedPairs(admin(), operand);
    if (stored.length === 0) return becomeProgram(rulesChecker, [file, ...only, ...flags]);
    const kept = await keepForProgram(
      'pairs.ndjson',
      stored.map((pair) => `${JSON.stringify(pair)}\n`).join(''),
    );
    return becomeProgram(rulesChecker, [file, ...only, '--pairs', kept, '--remove-pairs', ...flags]);
  },
});

function routesFile(file = 'routes.yaml'): string {
  if (file === '') throw new UsageError('the name of the routes file is empty');
  return file;
}

const pairsOfSignature = 5;

/** The pairs that a running proxy has stored; none where none runs. */
async function storedPairs(admin: AdminClient, only: string | undefined): Promise<PairRow[]> {
  try {
    const { migrations } = await admin.get<MigrationList>('/api/migrations');
    const ids = migrations.map(({ id }) => id).filter((id) => only === undefined || id === only);
    const found = new Map<string, PairRow>();
    for (const id of ids) {
      const { signatures } = await admin.get<SignatureList>(migrationPath(id, '/signatures'));
      for (const { signature } of signatures.slice(0, 50)) {
        const path = `/signatures/${encodeURIComponent(signature)}?limit=${pairsOfSignature}`;
        const { pairs } = await admin.get<SignatureDetail>(migrationPath(id, path));
        for (const pair of pairs) found.set(pair.id, pair);
      }
    }
    return [...found.values()].toSorted((one, other) => (one.id < other.id ? -1 : 1));
  } catch (error) {
    if (nobodyAnswers(error)) return [];
    throw error;
  }
}
