import type { ConfigReport, MigrationList, MigrationStatus } from '../../proxy/admin/api-types.ts';
import type { AdminClient } from '../admin-client.ts';
import { defineCommand } from '../command.ts';
import { inert } from '../inert.ts';
import { killWarnings } from './kill.ts';
import { migrationOperand, migrationPath } from './migration-operand.ts';
import { renderStatusDetail } from './status-detail.ts';
import { renderStatusTable } from './status-table.ts';

export const status = defineCommand({
  name: 'status',
  summary: 'Phases, shares, agreement, errors, latency, and why not further',
  usage: 'status [ID]',
  operands: [{ ...migrationOperand, required: false }],
  options: {},
  asksAdmin: true,
  examples: ['ficus status', 'ficus status catalog'],

  async run({ operands: [id], admin, json, width, paint }) {
    const client = admin();
    if (id !== undefined) {
      const migration = await client.get<MigrationStatus>(migrationPath(id));
      return { json: migration, text: renderStatusDetail(inert(migration), { width, paint }) };
    }
    const [list, ...warnings] = await Promise.all([
      client.get<MigrationList>('/api/migrations'),
      json ? [] : killWarnings(client),
      json ? [] : configWarnings(client),
    ]);
    const { migrations } = inert(list);
    return { json: list, text: renderStatusTable(migrations, { width, paint }), warnings: warnings.flat() };
  },
});

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
