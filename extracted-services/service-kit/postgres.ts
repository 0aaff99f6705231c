import pg from 'pg';
import type { Logger } from './logger.ts';

export type { Pool, PoolClient } from 'pg';

export type PoolOptions = { databaseUrl: string; service: string; logger: Logger; maxConnections?: number };

const CONNECT_TIMEOUT_MS = 2000;
const STATEMENT_TIMEOUT_MS = 10_000;

/** Connections are made when they are needed: Postgres may come up after the service. */
export function createPool({ databaseUrl, service, logger, maxConnections = 10 }: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    application_name: service,
    max: maxConnections,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
  });
  // The pool replaces an idle connection that broke; without a listener the event would end the process.
  pool.on('error', (error) => logger.warn({ err: error }, 'an idle database connection broke'));
  return pool;
}

/** Commits what `work` did, or rolls it back when it throws or the run is dry. */
export async function inTransaction<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
  { dryRun = false } = {},
): Promise<Result> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const onError = (error: Error) => {
    broken = error;
  };
  client.on('error', onError);
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query(dryRun ? 'ROLLBACK' : 'COMMIT');
    return result;
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
