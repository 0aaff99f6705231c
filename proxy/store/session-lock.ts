import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from 'pino';
import { lockClass } from './advisory-locks.ts';

/**
 * Who has the lock: this process, another one, or nobody that could be asked. A lock that was lost is `nobody`'s until
 * the connection is there again.
 */
export type LockHolder = 'here' | 'elsewhere' | 'nobody';

export interface SessionLock {
  holder(): LockHolder;
  /** Lets go at once, so that another one need not find out. */
  close(): Promise<void>;
}

export interface SessionLockOptions {
  /** A promise where Postgres is still being started; it must not reject. */
  readonly databaseUrl: string | Promise<string>;
  /** Second key of the lock. */
  readonly key: number;
  /** Awaited before the lock counts as ours, e.g. to read what the last holder wrote; a failure lets go of it. */
  readonly onTaken?: () => Promise<void>;
  readonly log: Logger;
}

/** How often the holder asks whether it still holds, and the others whether it is free. */
const ASK_EVERY_MS = 1000;
/** Without a connection. */
const CONNECT_EVERY_MS = 300;
/** An answer that takes longer is none. */
const ANSWER_WITHIN_MS = 2000;
/** How long an answer counts, from when it was asked for: less than Postgres waits, so that two never hold at once. */
const HOLDS_FOR_MS = 3000;
/** A session that asks nothing for so long is over: its process hangs, or its machine or the way to it is gone. */
const SILENT_FOR_MS = 3500;

/**
 * A session's advisory lock on a connection of its own, for work that one replica does at a time for as long as it
 * lives. Postgres lets go of it when the connection ends: at once when its process is killed, and soon when it is not
 * heard of (`idle_session_timeout`, Postgres 14), whether it hangs, its machine is gone or the way to it. TCP's own
 * keepalive would not do: a kernel answers it for a process that hangs. Another one has it within 5 s.
 * Behind a pooler it needs one that keeps sessions apart: PgBouncer in session mode.
 */
export function holdSessionLock({ databaseUrl, key, onTaken, log }: SessionLockOptions): SessionLock {
  const closing = new AbortController();
  let client: pg.Client | undefined;
  let holder: LockHolder = 'nobody';
  let heldUntil = 0;
  const running = run();

  return {
    holder: () => (holder === 'here' && performance.now() >= heldUntil ? 'nobody' : holder),
    async close() {
      closing.abort();
      await letGo();
      await running;
      // A connection that was being made meanwhile.
      await letGo();
    },
  };

  async function letGo(): Promise<void> {
    holder = 'nobody';
    const last = client;
    client = undefined;
    if (last)
      await Promise.race([last.end().catch(() => {}), delay(ANSWER_WITHIN_MS, undefined, { ref: false })]);
  }

  async function run(): Promise<void> {
    const url = await Promise.race([databaseUrl, aborted(closing.signal)]);
    while (url !== undefined && !closing.signal.aborted) {
      try {
        client ??= await connect(url);
        if (!closing.signal.aborted) await ask(client);
      } catch (error) {
        lost(error);
      }
      const waitMs = client ? ASK_EVERY_MS : CONNECT_EVERY_MS;
      await delay(waitMs, undefined, { signal: closing.signal, ref: false }).catch(() => {});
    }
  }

  async function ask(on: pg.Client): Promise<void> {
    const askedAt = performance.now();
    if (holder === 'here') {
      await on.query('select 1');
      heldUntil = askedAt + HOLDS_FOR_MS;
      return;
    }
    const { rows } = await on.query('select pg_try_advisory_lock($1, $2) as taken', [lockClass, key]);
    if (!rows[0].taken) {
      holder = 'elsewhere';
      return;
    }
    await onTaken?.();
    if (client !== on) return;
    holder = 'here';
    heldUntil = askedAt + HOLDS_FOR_MS;
    log.info({ lock: key }, 'this replica takes the steps of ramps');
  }

  async function connect(url: string): Promise<pg.Client> {
    const next = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: ANSWER_WITHIN_MS,
      query_timeout: ANSWER_WITHIN_MS,
      application_name: 'ficus-steps',
      keepAlive: true,
    });
    // Without a listener a connection that breaks would end the process.
    next.on('error', (error) => client === next && lost(error));
    next.on('end', () => client === next && lost(new Error('the connection ended')));
    try {
      await next.connect();
      await next.query(`set idle_session_timeout = ${SILENT_FOR_MS}`);
    } catch (error) {
      next.end().catch(() => {});
      throw error;
    }
    return next;
  }

  function lost(error: unknown): void {
    const had = holder === 'here';
    holder = 'nobody';
    const last = client;
    client = undefined;
    last?.end().catch(() => {});
    if (closing.signal.aborted) return;
    log[had ? 'warn' : 'debug'](
      { err: error, lock: key },
      'no connection for the lock on ramp steps; trying again',
    );
  }
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined), { once: true }));
}
