import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { MigrationList, VerdictList } from '../../proxy/admin/api-types.ts';
import type { ReplayOrder } from '../../proxy/replay/protocol.ts';
import type { AdminClient } from '../admin-client.ts';
import { migrationPath } from './migration-operand.ts';

/** Does what was ordered with the verdicts that are in force in the running Ficus, after those of files. */
export async function withLiveVerdicts<Result>(
  client: AdminClient,
  order: ReplayOrder,
  run: (order: ReplayOrder) => Promise<Result>,
): Promise<Result> {
  const ids = order.migration === undefined ? await migrationIds(client) : [order.migration];
  const lists = await Promise.all(ids.map((id) => client.get<VerdictList>(migrationPath(id, '/verdicts'))));
  // The replay is a program of its own; what is decided may be more than an argument can hold.
  const folder = await mkdtemp(path.join(tmpdir(), 'ficus-verdicts-'));
  try {
    const file = path.join(folder, 'verdicts.json');
    await writeFile(file, JSON.stringify({ verdicts: lists.flatMap(({ verdicts }) => verdicts) }));
    return await run({ ...order, verdictFiles: [...order.verdictFiles, file] });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function migrationIds(client: AdminClient): Promise<readonly string[]> {
  const { migrations } = await client.get<MigrationList>('/api/migrations');
  return migrations.map(({ id }) => id);
}
