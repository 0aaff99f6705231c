import { once } from 'node:events';
import { mkdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from 'pino';
import { findPostgresBinaries } from './postgres-binaries.ts';
import { openPostgresCluster, type PostgresCluster } from './postgres-cluster.ts';
import { type PostgresProcess, startPostgresProcess } from './postgres-process.ts';
import { checkReachable, findPostgresUser } from './postgres-user.ts';
import { clearLeftover } from './postmaster.ts';
import { opensPathsFor } from './spawn-postgres.ts';

export interface EmbeddedPostgres {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * A Postgres of our own in `<dataDir>/postgres`, on a free port of 127.0.0.1, with `database` in it. The
 * next start finds its data, and its port when that is still free. It is started again when it dies, and
 * stops when this process ends, however that happens.
 */
export async function startEmbeddedPostgres(options: {
  readonly dataDir: string;
  readonly log: Logger;
  readonly database: string;
}): Promise<EmbeddedPostgres> {
  const { log, database } = options;
  await mkdir(options.dataDir, { recursive: true });
  const dataDir = await realpath(options.dataDir);
  const user = await findPostgresUser();
  const binaries = await findPostgresBinaries(user);
  if (!opensPathsFor(user)) await checkReachable(join(dataDir, 'postgres'), user);
  const cluster = await openPostgresCluster(dataDir, binaries, user);
  await clearLeftover(cluster.directory, log);
  const start = (port: number) =>
    startPostgresProcess({ binary: binaries.postgres, cluster: cluster.directory, port, user, log });
  const { port, first } = await startOnFreePort(cluster, start);
  const url = (name: string) =>
    `postgres://postgres:${cluster.password}@127.0.0.1:${port}/${encodeURIComponent(name)}?sslmode=disable`;
  const stop = keepRunning(first, () => start(port), log);
  try {
    await createDatabase(url('postgres'), database);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: url(database), stop };
}

/** The port of last time when it is free, so that an address noted elsewhere stays true. */
async function startOnFreePort(
  cluster: PostgresCluster,
  start: (port: number) => Promise<PostgresProcess>,
): Promise<{ port: number; first: PostgresProcess }> {
  const last = Number(await readFile(cluster.portFile, 'utf8').catch(() => '0'));
  for (let attempt = 1; ; attempt++) {
    const port = await freePort(attempt === 1 ? last : 0);
    try {
      const first = await start(port);
      await writeFile(cluster.portFile, `${port}\n`, { mode: 0o600 });
      return { port, first };
    } catch (error) {
      // Somebody may have taken the port since it was found free; a killed server's children may still be ending.
      if (attempt === 5 || !isPassing(error)) throw error;
      await delay(attempt * 200);
    }
  }
}

const isPassing = (error: unknown) =>
  /Address already in use|pre-existing shared memory block/.test(error instanceof Error ? error.message : '');

/** `wanted` when it is a free port, else any free one. */
async function freePort(wanted: number): Promise<number> {
  const server = createServer();
  const listen = (port: number) =>
    new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
  const found = (wanted > 0 && wanted < 65_536 && (await listen(wanted))) || (await listen(0));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (!found || address === null || typeof address === 'string') throw new Error('No free port on 127.0.0.1');
  return address.port;
}

const longestRestartDelayMs = 30_000;

/** Starts it again, later each time, whenever it ends by itself; what it returns stops it for good. */
function keepRunning(
  first: PostgresProcess,
  start: () => Promise<PostgresProcess>,
  log: Logger,
): () => Promise<void> {
  const stopping = new AbortController();
  let running: PostgresProcess | undefined = first;
  const keeper = keep();
  return async () => {
    stopping.abort();
    await keeper;
    await running?.stop();
  };

  async function keep(): Promise<void> {
    const stopAsked = once(stopping.signal, 'abort');
    for (let delayMs = 200; ; ) {
      if (running) {
        await Promise.race([running.exited, stopAsked]);
        if (stopping.signal.aborted) return;
        log.error({ postgres: running.lastWords() }, 'Postgres ended by itself; it is started again');
        running = undefined;
      }
      await delay(delayMs, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
      try {
        running = await start();
        delayMs = 200;
      } catch (error) {
        delayMs = Math.min(delayMs * 2, longestRestartDelayMs);
        log.error({ err: error, delayMs }, 'Postgres could not be started again; trying later');
      }
    }
  }
}

async function createDatabase(url: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}
