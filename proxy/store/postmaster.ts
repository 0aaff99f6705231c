import { execFile } from 'node:child_process';
import { readFile, readlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Logger } from 'pino';
import { stopPostgres } from './stop-postgres.ts';

const run = promisify(execFile);

/** What `postmaster.pid` says: the server that runs on a cluster, or that died on it. */
export async function readPostmaster(
  cluster: string,
): Promise<{ readonly pid: number; readonly status: string | undefined } | undefined> {
  const text = await readFile(lockFile(cluster), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const pid = Number.parseInt(lines[0] ?? '', 10);
  return pid > 0 ? { pid, status: lines[7]?.trim() } : undefined;
}

/**
 * Makes way for a new server on `cluster`: a dead one's lock is left to Postgres, which knows best; an
 * orphan of a killed Ficus is stopped; the server of a living Ficus is an error.
 */
export async function clearLeftover(cluster: string, log: Logger): Promise<void> {
  const postmaster = await readPostmaster(cluster);
  if (!postmaster) return;
  const { pid } = postmaster;
  const found = await readProcess(pid);
  if (!found) return;
  if (!isServerOn(found, cluster)) {
    log.warn({ pid, cluster }, 'The lock of a dead Postgres names a process that is something else by now');
    await forgetPid(cluster);
    return;
  }
  const owner = ownerOf(found.args);
  if (owner === undefined || found.parent === owner) {
    throw new Error(
      `A Postgres (pid ${pid}) already runs on ${cluster}, started by process ${found.parent}. ` +
        'Stop that one first, or give this one a data directory of its own.',
    );
  }
  log.warn({ pid, cluster }, 'Stopping the Postgres that a killed run left behind');
  await stopPostgres(untilGone(pid), (signal) => process.kill(pid, signal));
}

function isServerOn({ args, directory }: RunningProcess, cluster: string): boolean {
  return basename(args[0] ?? '') === 'postgres' && directory === cluster;
}

/** The process id of the Ficus that started it. */
function ownerOf(args: readonly string[]): number | undefined {
  const name = args.find((arg) => arg.startsWith('cluster_name=ficus-'));
  return name === undefined ? undefined : Number(name.slice('cluster_name=ficus-'.length));
}

/**
 * Names a process that can't be in the lock, instead of removing it: the lock also tells Postgres by its
 * shared memory whether a killed server's children still write to the cluster.
 */
async function forgetPid(cluster: string): Promise<void> {
  const text = await readFile(lockFile(cluster), 'utf8');
  await writeFile(lockFile(cluster), text.replace(/^\d+/, '2147483647'));
}

async function untilGone(pid: number): Promise<void> {
  while (await readProcess(pid)) await delay(50);
}

interface RunningProcess {
  readonly parent: number;
  readonly args: readonly string[];
  /** Where a Postgres has its cluster. */
  readonly directory: string | undefined;
}

async function readProcess(pid: number): Promise<RunningProcess | undefined> {
  return process.platform === 'linux' ? readFromProc(pid) : readFromPs(pid);
}

async function readFromProc(pid: number): Promise<RunningProcess | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    if (/^State:\s+[ZX]/m.test(status)) return undefined;
    const parent = Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]);
    const args = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
    // Postgres works in its cluster; its arguments name a descriptor of its own.
    const directory = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
    return { parent, args, directory };
  } catch {
    return undefined;
  }
}

async function readFromPs(pid: number): Promise<RunningProcess | undefined> {
  try {
    const { stdout } = await run('ps', ['-o', 'ppid=', '-o', 'args=', '-p', String(pid)]);
    const [parent = '', ...args] = stdout.trim().split(/\s+/);
    return { parent: Number(parent), args, directory: args[args.indexOf('-D') + 1] };
  } catch {
    return undefined;
  }
}

const lockFile = (cluster: string) => join(cluster, 'postmaster.pid');
