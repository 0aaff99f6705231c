import pg from 'pg';
import type { Logger } from './logger.ts';
import { isCopy, isDryRun } from './shadow-copy.ts';

export type { Pool, PoolClient } from 'pg';

export type PoolOptions = {
  databaseUrl: string;
  service: string;
  logger: Logger;
  maxConnections?: number;
  /** So long a request waits for a connection, be it that Postgres is away or that all are in use. */
  connectTimeoutMs?: number;
};

const STATEMENT_TIMEOUT_MS = 10_000;
/** A copy that has to wait for a lock gives up before a client could have to wait for it for long. */
const COPY_LOCK_TIMEOUT_MS = 1000;

/**
 * Connections are made when they are needed: Postgres may come up after the service. In a dry run, `query` is
 * read-only and `connect` is refused, so that only `inTransaction` writes, which rolls back.
 */
export function createPool({
  databaseUrl,
  service,
  logger,
  maxConnections = 10,
  connectTimeoutMs = 2000,
}: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    application_name: service,
    max: maxConnections,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: STATEMENT_TIMEOUT_MS,
  });
  // The pool replaces an idle connection that broke; without a listener the event would end the process.
  pool.on('error', (error) => logger.warn({ err: error }, 'an idle database connection broke'));
  holdBackWrites(pool);
  return pool;
}

type Connect = () => Promise<pg.PoolClient>;
/** Of every pool made here: how a transaction gets its connection in a dry run, too. */
const connections = new WeakMap<pg.Pool, Connect>();

function holdBackWrites(pool: pg.Pool): void {
  const connect = pool.connect.bind(pool) as (...args: unknown[]) => unknown;
  const query = pool.query.bind(pool) as (...args: unknown[]) => unknown;
  connections.set(pool, connect as Connect);
  const replaced: { connect: unknown; query: unknown } = pool;
  // With a callback, it is pg's own `query` that asks.
  replaced.connect = (...args: unknown[]) => {
    if (args.length === 0 && isDryRun()) {
      return Promise.reject(
        new Error('In a dry run a connection comes from inTransaction, which rolls back'),
      );
    }
    return connect(...args);
  };
  replaced.query = (...args: unknown[]) =>
    isDryRun()
      ? onConnection(connect as Connect, async (client) => {
          await client.query('BEGIN READ ONLY');
          const result = await (client.query as (...args: unknown[]) => Promise<unknown>)(...args);
          await client.query('ROLLBACK');
          return result;
        })
      : query(...args);
}

/**
 * Commits what `work` did, or rolls it back when it throws. For a copy it is always rolled back, after the checks
 * that a commit would have made: a dry run is refused for what would have been refused.
 */
export function inTransaction<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  return onConnection(connections.get(pool) ?? (() => pool.connect()), async (client) => {
    const copy = isCopy();
    await client.query(copy ? `BEGIN; SET LOCAL lock_timeout = ${COPY_LOCK_TIMEOUT_MS}` : 'BEGIN');
    const result = await work(client);
    await client.query(copy ? 'SET CONSTRAINTS ALL IMMEDIATE; ROLLBACK' : 'COMMIT');
    return result;
  });
}

async function onConnection<Result>(
  connect: Connect,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await connect();
  let broken: Error | undefined;
  const onError = (error: Error) => {
    broken = error;
  };
  client.on('error', onError);
  try {
    return await work(client);
  } catch (error) {
    // A connection that can't roll back is of no further use.
    await client.query('ROLLBACK').catch(onError);
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

/** The SQLSTATE and constraint of a statement that Postgres refused; undefined for any other error. */
export function refusedBy(
  error: unknown,
): { code: string | undefined; constraint: string | undefined } | undefined {
  if (!(error instanceof pg.DatabaseError)) return undefined;
  return { code: error.code, constraint: error.constraint };
}
