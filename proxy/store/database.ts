import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from 'pino';
import { prepareSchema } from './prepare-schema.ts';

/**
 * One statement, prepared once a connection under `name` when it has one, for those that are sent all the time; values are bound, never written into the text. `Row` is what the statement selects: counts
 * are numbers, times ISO texts, and a column that is null is absent.
 */
export type Query = <Row extends object>(
  text: string,
  values?: readonly unknown[],
  name?: string,
) => Promise<Row[]>;

/** Postgres as the store's files use it. While it is away everything fails at once with `StoreAway`. */
export interface Database {
  readonly query: Query;
  /** All of `work`'s statements or none. An answer lost on the way leaves open which of the two. */
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>;
  available(): boolean;
  /** Called whenever Postgres is there again, and soon when it is there now. Returns how to unsubscribe. */
  onAvailable(listener: () => void): () => void;
  close(): Promise<void>;
}

export interface DatabaseTimings {
  readonly connectMs: number;
  readonly statementMs: number;
  readonly heartbeatMs: number;
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
}

export const defaultTimings: DatabaseTimings = {
  connectMs: 2_000,
  statementMs: 5_000,
  heartbeatMs: 5_000,
  firstRetryMs: 100,
  longestRetryMs: 5_000,
};

export interface DatabaseOwner {
  readonly url: string | Promise<string>;
  /** Makes the role of `databaseUrl` where it is missing. */
  readonly makesRole: boolean;
}

export interface DatabaseOptions {
  /** A promise where Postgres is still being started; it must not reject. */
  readonly databaseUrl: string | Promise<string>;
  /** Whoever owns the schema, when that is another role than the one of `databaseUrl`. */
  readonly owner?: DatabaseOwner | undefined;
  readonly log: Logger;
  /** 0 to 1, for jitter. */
  readonly random: () => number;
  readonly timings: DatabaseTimings;
}

export class StoreAway extends Error {
  override readonly name = 'StoreAway';
}

const maxConnections = 4;
/** The client gives up a little after the server should have: only a server that hangs gets there. */
const serverGraceMs = 1_000;
const attemptsPerWarning = 20;

/** Never throws for a database that is away or an address that is wrong: it keeps trying and says so. */
export function connectDatabase({ databaseUrl, owner, log, random, timings }: DatabaseOptions): Database {
  const closing = new AbortController();
  const closed = aborted(closing.signal);
  closed.catch(() => {});
  const listeners = new Set<() => void>();
  let available = false;
  const connection: pg.ClientConfig = {
    connectionTimeoutMillis: timings.connectMs,
    application_name: 'ficus',
    keepAlive: true,
    types,
  };
  const pool = new pg.Pool({
    ...connection,
    max: maxConnections,
    statement_timeout: timings.statementMs,
    lock_timeout: timings.statementMs,
    idle_in_transaction_session_timeout: timings.statementMs,
    query_timeout: timings.statementMs + serverGraceMs,
    allowExitOnIdle: true,
  });
  // A connection that breaks says so by an 'error' event, which without a listener ends the process.
  pool.on('error', lost);
  pool.on('connect', (client) => void client.on('error', lost));
  const heartbeat = setInterval(() => {
    if (available) run(pool, 'select 1').catch(() => {});
  }, timings.heartbeatMs);
  heartbeat.unref();
  let connecting = connect();
  let closeResult: Promise<void> | undefined;

  return {
    query: async (text, values, name) => {
      requireAvailable();
      return run(pool, text, values, name);
    },
    transaction,
    available: () => available,
    onAvailable(listener) {
      listeners.add(listener);
      if (available) queueMicrotask(() => listeners.has(listener) && listener());
      return () => void listeners.delete(listener);
    },
    close() {
      closeResult ??= close();
      return closeResult;
    },
  };

  async function close(): Promise<void> {
    available = false;
    clearInterval(heartbeat);
    listeners.clear();
    closing.abort();
    await connecting;
    await Promise.race([pool.end(), delay(timings.connectMs, undefined, { ref: false })]);
  }

  function requireAvailable(): void {
    if (!available) throw new StoreAway('Postgres is away; Ficus keeps trying to reach it');
  }

  async function transaction<T>(work: (query: Query) => Promise<T>): Promise<T> {
    requireAvailable();
    const client = await pool.connect().catch(noted);
    let failure: Error | undefined;
    try {
      await run(client, 'begin');
      const result = await work((text, values, name) => run(client, text, values, name));
      await run(client, 'commit');
      return result;
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
      throw error;
    } finally {
      // A connection that failed is closed, which rolls back whatever it had begun.
      client.release(failure);
    }
  }

  async function run<Row extends object>(
    on: pg.Pool | pg.PoolClient,
    text: string,
    values: readonly unknown[] = [],
    name?: string,
  ): Promise<Row[]> {
    const { rows } = await on
      .query({ text, values: [...values], ...(name !== undefined && { name }) })
      .catch(noted);
    for (const row of rows) dropNulls(row);
    return rows;
  }

  function noted(error: unknown): never {
    if (isConnectionFailure(error)) lost(error);
    throw error;
  }

  function lost(error: unknown): void {
    if (!available) return;
    available = false;
    log.warn({ err: error }, 'Postgres is away; traffic goes on, evidence and audit wait for it');
    connecting = connect();
  }

  async function connect(): Promise<void> {
    for (let attempt = 0; !(await prepared(attempt)); attempt++) {
      const longestMs = Math.min(timings.longestRetryMs, timings.firstRetryMs * 2 ** attempt);
      const delayMs = longestMs / 2 + (random() * longestMs) / 2;
      await delay(delayMs, undefined, { signal: closing.signal }).catch(() => {});
      if (closing.signal.aborted) return;
    }
    if (closing.signal.aborted) return;
    available = true;
    log.info('Postgres is there');
    for (const listener of listeners) listener();
  }

  async function prepared(attempt: number): Promise<boolean> {
    try {
      await prepare();
      return true;
    } catch (error) {
      const level = attempt % attemptsPerWarning === 0 ? 'warn' : 'debug';
      log[level]({ err: error, attempt }, 'Postgres can not be used yet; trying again');
      return false;
    }
  }

  async function prepare(): Promise<void> {
    connection.connectionString = await Promise.race([databaseUrl, closed]);
    // The pool reads its options for each connection that it opens, none before this.
    Object.assign(pool.options, { connectionString: connection.connectionString });
    const asOwner = owner && { ...owner, url: await Promise.race([owner.url, closed]) };
    await prepareSchema(connection, asOwner, log);
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new StoreAway('the store is closed')), { once: true });
  });
}

/** SQLSTATEs by which a server says that it is no use now: class 08, shutting down or starting, full. */
const unusable = /^(08...|57P0[1-5]|53300)$/;

/** Whatever did not come from the server's mouth came from the way to it, unless the pool was merely full. */
function isConnectionFailure(error: unknown): boolean {
  if (error instanceof Error && error.message === 'timeout exceeded when trying to connect') return false;
  return !(error instanceof pg.DatabaseError) || unusable.test(error.code ?? '');
}

/** Classes for data that no later try makes acceptable: bad data, broken constraint, over a limit of Postgres. */
const refused = /^(22|23|54)...$/;

/** Whether Postgres took exception to the values themselves, so that sending them again is no use. */
export function isRefused(error: unknown): boolean {
  return error instanceof pg.DatabaseError && refused.test(error.code ?? '');
}

function dropNulls(row: Record<string, unknown>): void {
  for (const column in row) if (row[column] === null) delete row[column];
}

/** Counts as numbers and times as ISO texts, instead of texts and `Date`s. */
const types = new pg.TypeOverrides();
const parseTime: (text: string) => Date = pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ);
const bigintArray = 1016;
types.setTypeParser(pg.types.builtins.INT8, Number);
types.setTypeParser(bigintArray, (text) => JSON.parse(`[${text.slice(1, -1)}]`));
types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, (text) => parseTime(text).toISOString());
