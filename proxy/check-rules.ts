import { readFile, rm, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { loadRoutes } from './config/load-routes.ts';
import { formatProblem } from './config/problem.ts';
import type { Migration, RoutingModel } from './routing/model.ts';
import { comparedMigrations } from './shadow/compared-migration.ts';
import { checkRules, type RulesCheck } from './shadow/rules-check/check-rules.ts';
import { type RecordedPair, readRecordedPair } from './shadow/rules-check/recorded-pair.ts';
import { failuresOf, renderRulesCheck } from './shadow/rules-check/render-check.ts';
import { samplePair } from './shadow/rules-check/sample-pairs.ts';

/** `ficus check --rules`: whether the rules for comparing let every sort of fault be seen. */
async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      pairs: { type: 'string' },
      migration: { type: 'string' },
      /** The pairs were put there for this program alone. */
      'remove-pairs': { type: 'boolean' },
      json: { type: 'boolean' },
    },
  });
  const [file = 'routes.yaml'] = positionals;
  const recorded = values.pairs === undefined ? [] : await readPairs(values.pairs, values['remove-pairs']);
  if (typeof recorded === 'string') return fail(recorded);
  const { parsed } = await loadRoutes(file);
  if (!parsed.ok) return fail(parsed.problems.map(formatProblem).join('\n'));
  const checks = checksOf(parsed.model, values.migration, recorded);
  if (checks.length === 0) return fail(`${file} has no migration "${values.migration}"`);
  const failures = checks.flatMap(({ check }) => failuresOf(check));
  if (values.json) {
    const migrations = checks.map(({ check, source }) => ({ source, ...check }));
    process.stdout.write(`${JSON.stringify({ ok: failures.length === 0, failures, migrations }, null, 2)}\n`);
  } else {
    process.stdout.write(
      `${checks.map(({ check, source }) => renderRulesCheck(check, source)).join('\n\n')}\n`,
    );
    for (const failure of failures) process.stderr.write(`ficus: ${failure}\n`);
  }
  return failures.length === 0 ? 0 : 1;
}

function checksOf(
  model: RoutingModel,
  only: string | undefined,
  recorded: readonly RecordedPair[],
): { check: RulesCheck; source: string }[] {
  const compared = comparedMigrations(model);
  return model.migrations.flatMap((migration, index) => {
    if (only !== undefined && migration.id !== only) return [];
    const { pairs, source } = pairsFor(migration, recorded);
    return [{ check: checkRules(compared[index]!, pairs), source }];
  });
}

/** Recorded pairs, and made up ones for the routes that have none. */
function pairsFor(
  migration: Migration,
  recorded: readonly RecordedPair[],
): { pairs: RecordedPair[]; source: string } {
  const own = recorded.filter(({ migration: id }) => id === migration.id);
  const shown = new Set(own.map(({ route }) => route));
  const missing = migration.routes.filter(({ id, shadow }) => !shown.has(id) && shadow !== 'never');
  const samples = missing.map((route) => samplePair(migration, route));
  const ofRoutes = `${samples.length} of ${migration.routes.length} routes`;
  if (own.length === 0) return { pairs: samples, source: 'made-up answers, since no pair is recorded' };
  const rest = samples.length > 0 ? `; made-up answers for ${ofRoutes}` : '';
  return { pairs: [...own, ...samples], source: `${own.length} recorded pairs${rest}` };
}

async function readPairs(path: string, remove = false): Promise<RecordedPair[] | string> {
  try {
    const text = await readFile(path, 'utf8');
    if (remove) {
      await rm(path);
      await rmdir(dirname(path));
    }
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    const pairs = lines.flatMap((line) => readRecordedPair(line) ?? []);
    if (lines.length > 0 && pairs.length === 0 && !remove)
      return `${path}: none of its ${lines.length} lines is a pair with an answer of the monolith`;
    return pairs;
  } catch (error) {
    return `${path} cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}`;
  }
}

function fail(text: string): number {
  process.stderr.write(`${text}\n`);
  return 1;
}

process.exitCode = await main(process.argv.slice(2));
