import type { ConfigReport, MigrationList, MigrationStatus } from '../../proxy/admin/api-types.ts';
import type { AdminClient } from '../admin-client.ts';
import { defineCommand, type Outcome } from '../command.ts';
import { inert, inertJson } from '../inert.ts';
import type { Paint } from '../paint.ts';
import { watch } from '../watch.ts';
import { killWarnings } from './kill.ts';
import { migrationOperand, migrationPath } from './migration-operand.ts';
import { renderStatusDetail } from './status-detail.ts';
import { renderStatusTable } from './status-table.ts';

export const status = defineCommand({
  name: 'status',
  usage: 'status [ID] [--watch]',
  operands: [{ ...migrationOperand, required: false }],
  options: { watch: { type: 'boolean', text: 'anew every two seconds, until q or Ctrl-C' } },
  asksAdmin: true,
  examples: ['ficus status', 'ficus status catalog --watch'],

  async run({ operands: [id], values, admin, json, width, paint }) {
    const client = admin();
    if (!values.watch) return statusOf(client, id, { json, width, paint });
    const { stdin, stdout, env } = process;
    await watch({
      async look(columns) {
        const outcome = await statusOf(client, id, { json, width: columns ?? width, paint });
        if (json) return JSON.stringify(JSON.parse(inertJson(outcome.json)));
        const warnings = outcome.warnings?.map((warning) => paint('yellow', `warning: ${warning}`)) ?? [];
        return [outcome.text, ...warnings].join('\n');
      },
      stdin,
      stdout,
      onScreen: !json && stdout.isTTY && env['TERM'] !== 'dumb',
      paint,
    });
    return { json: undefined, text: '' };
  },
});

interface Terminal {
  readonly json: boolean;
  readonly width: number | undefined;
  readonly paint: Paint;
}

async function statusOf(client: AdminClient, id: string | undefined, terminal: Terminal): Promise<Outcome> {
  if (id !== undefined) {
    const migration = await client.get<MigrationStatus>(migrationPath(id));
    return { json: migration, text: renderStatusDetail(inert(migration), terminal) };
  }
  const [list, ...warnings] = await Promise.all([
    client.get<MigrationList>('/api/migrations'),
    terminal.json ? [] : killWarnings(client),
    terminal.json ? [] : configWarnings(client),
  ]);
  return { json: list, text: renderStatusTable(inert(list).migrations, terminal), warnings: warnings.flat() };
}

/** An operator who looks at the table must learn that an edit of routes.yaml was refused, or is not everywhere. */
async function configWarnings(client: AdminClient): Promise<string[]> {
  const { file, problems, replicas = [] } = inert(await client.get<ConfigReport>('/api/config'));
  const refused =
    problems.length === 0
      ? []
      : [`${file} as it is now is refused, the one before is in force:`, ...problems];
  const split = new Set(replicas.map(({ hash }) => hash)).size > 1;
  const versions = replicas.map(({ replica, hash }) => `${replica} has ${hash}`);
  return [...refused, ...(split ? [`replicas go by different routes.yaml: ${versions.join(', ')}`] : [])];
}
