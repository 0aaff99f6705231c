import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../telemetry/clock.ts';

/** As the pairs in the store: traffic of people is not kept longer than it is of use. */
const maxAgeMs = 14 * 86_400_000;
const maxTotalBytes = 4 * 1024 * 1024 * 1024;

/** Removes recordings by age and by size, the oldest first; never `keep`. Returns the names of those removed. */
export async function pruneRecordings(
  directory: string,
  keep: string | undefined,
  clock: Clock,
): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  // Names begin with the time of their start.
  const newestFirst = names
    .filter((name) => name !== keep)
    .sort()
    .reverse();
  const removed: string[] = [];
  let total = 0;
  for (const name of newestFirst) {
    const { bytes, changedAt } = await sizeOf(path.join(directory, name));
    total += bytes;
    if (total > maxTotalBytes || clock.now() - changedAt > maxAgeMs) {
      await rm(path.join(directory, name), { recursive: true, force: true });
      removed.push(name);
    }
  }
  return removed;
}

async function sizeOf(folder: string): Promise<{ readonly bytes: number; readonly changedAt: number }> {
  const files = await readdir(folder).catch(() => []);
  const stats = await Promise.all(files.map((file) => stat(path.join(folder, file))));
  return {
    bytes: stats.reduce((sum, { size }) => sum + size, 0),
    changedAt: Math.max(0, ...stats.map(({ mtimeMs }) => mtimeMs)),
  };
}
