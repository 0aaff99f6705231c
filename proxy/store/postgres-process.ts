import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { PostgresUser } from './postgres-user.ts';
import { readPostmaster } from './postmaster.ts';
import { postgresEnvironment, spawnPostgres } from './spawn-postgres.ts';
import { stopPostgres } from './stop-postgres.ts';

export interface PostgresProcess {
  readonly pid: number;
  /** Resolves when it is gone, whoever ended it. */
  readonly exited: Promise<void>;
  /** The last things it said. */
  lastWords(): string;
  stop(): Promise<void>;
}

export interface PostgresProcessOptions {
  readonly binary: string;
  readonly cluster: string;
  readonly port: number;
  readonly user: PostgresUser;
  readonly log: Logger;
}

/** Starts Postgres and waits until it accepts connections. */
export async function startPostgresProcess(options: PostgresProcessOptions): Promise<PostgresProcess> {
  const { binary, cluster, port, user, log } = options;
  const child = await spawnPostgres(binary, user, [cluster], (directory) => [
    '-D',
    directory,
    '-p',
    String(port),
    ...settings(),
  ]);
  const server = watch(child, log);
  if (child.pid !== undefined) {
    const lifeline = holdLifeline(child.pid, user);
    void server.exited.then(() => lifeline.kill('SIGKILL'));
  }
  await untilReady(server, cluster, port);
  return server;
}

function settings(): string[] {
  const values = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '100',
    // Read back from the command line by a later start: whose Postgres this is.
    cluster_name: `ficus-${process.pid}`,
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function watch(child: ChildProcess, log: Logger): PostgresProcess {
  const lines: string[] = [];
  const note = (text: string) => {
    for (const line of text.split('\n')) if (line.trim()) lines.push(line.trim());
    lines.splice(0, lines.length - 20);
    log.debug({ postgres: text.trim() }, 'Postgres says');
  };
  child.stderr?.setEncoding('utf8').on('data', note);
  const exited = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      note(error.message);
      resolve();
    });
    child.once('exit', () => resolve());
  });
  // Whoever forgets to stop it may still end: the lifeline stops Postgres then.
  child.unref();
  (child.stderr as { unref?(): void } | null)?.unref?.();
  const stop = () => stopPostgres(exited, (signal) => void child.kill(signal));
  return { pid: child.pid ?? 0, exited, lastWords: () => lines.join('\n'), stop };
}

/**
 * A shell that waits for the other end of its stdin to close, which the kernel does however this process
 * ends, and then asks Postgres to stop: not even SIGKILL leaves a Postgres behind.
 */
function holdLifeline(pid: number, user: PostgresUser): ChildProcess {
  const lifeline = spawn('/bin/sh', ['-c', 'read -r _; kill -INT "$1"', 'sh', String(pid)], {
    ...user,
    cwd: '/',
    env: postgresEnvironment,
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  lifeline.on('error', () => {});
  lifeline.stdin?.on('error', () => {});
  lifeline.unref();
  (lifeline.stdin as { unref?(): void } | null)?.unref?.();
  return lifeline;
}

/** Replaying the log after a crash takes its time. */
const readyWithinMs = 60_000;

/** Its own word in its own file, not a connection: somebody else may be listening on the port. */
async function untilReady(server: PostgresProcess, cluster: string, port: number): Promise<void> {
  let gone = false;
  void server.exited.then(() => {
    gone = true;
  });
  for (const deadline = performance.now() + readyWithinMs; performance.now() < deadline; ) {
    if (gone) throw new Error(`Postgres did not start on port ${port}:\n${server.lastWords()}`);
    const postmaster = await readPostmaster(cluster);
    if (postmaster?.pid === server.pid && postmaster.status === 'ready') return;
    await delay(25);
  }
  await server.stop();
  throw new Error(`Postgres was not ready within ${readyWithinMs} ms:\n${server.lastWords()}`);
}
