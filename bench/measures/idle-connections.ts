import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { loadCore } from '../bench-process.ts';
import { ficus } from '../contenders/ficus.ts';
import { nginx } from '../contenders/nginx.ts';
import { openFilesAtMost } from '../open-files.ts';
import type { Finding, Setting } from './finding.ts';

const client = path.join(import.meta.dirname, '../clients/hold-connections.ts');
export const idleConnections = 10_000;
const settleMs = 3000;
/** One for each connection, and some. */
const openFiles = openFilesAtMost(65_536);

/** What each of many kept connections, on which nothing happens after one answer, costs in memory. */
export async function idleMemory({ estate }: Setting): Promise<Finding> {
  if (openFiles < idleConnections + 1000)
    throw new Error(
      `Only ${openFiles} files may be open here: raise the hard limit (ulimit -Hn), or leave out idle-connections`,
    );
  const values: Record<string, number> = {};
  const rows: string[][] = [];
  for (const { name, start } of [nginx, ficus]) {
    const { port, process: proxy } = await start({ ...estate, openFiles });
    try {
      // Code that was never run, and what it allocates once, is no cost of a connection.
      await hold(port, 200, async () => {});
      await delay(settleMs);
      const before = proxy!.residentBytes();
      const after = await hold(port, idleConnections, async () => {
        await delay(settleMs);
        return proxy!.residentBytes();
      });
      const kib = (after - before) / 1024 / idleConnections;
      values[`${name}: KiB`] = kib;
      rows.push([name, kib.toFixed(1), ((after - before) / 2 ** 20).toFixed(1)]);
      console.log(`idle-connections, ${name}: ${kib.toFixed(1)} KiB each`);
    } finally {
      await proxy?.stop();
    }
  }
  return {
    name: 'idle-connections',
    title: `${idleConnections.toLocaleString('en-US')} idle connections, kept after one answer each`,
    columns: ['', 'KiB each', 'MiB in all'],
    rows,
    values,
    samples: values,
  };
}

async function hold<T>(port: number, count: number, meanwhile: () => Promise<T>): Promise<T> {
  const holder = spawn(
    'prlimit',
    [
      ...[`--nofile=${openFiles}:${openFiles}`, 'taskset', '--cpu-list', String(loadCore)],
      ...[process.execPath, client, String(port), String(count)],
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const exited = once(holder, 'exit');
  try {
    const said = await Promise.race([once(holder.stdout, 'data'), exited]);
    if (!String(said[0]).startsWith(`held ${count}`)) throw new Error(`not held: ${said[0]} of ${count}`);
    const result = await meanwhile();
    if (holder.exitCode !== null) throw new Error('the client that held the connections ended');
    return result;
  } finally {
    holder.stdin.end();
    await exited;
  }
}
