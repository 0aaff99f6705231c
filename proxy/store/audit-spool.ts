import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Clock } from '../telemetry/clock.ts';
import type { AuditStore } from './audit.ts';
import { isRefused } from './database.ts';
import type { AuditEntry, AuditRow } from './model.ts';
import type { Store } from './open-store.ts';
import { createSpoolFile } from './spool-file.ts';

export interface AuditSpool {
  /**
   * Writes the entry down for good: in Postgres, or in the spool file when Postgres does not take it within
   * a second. Resolves then; never rejects. Entries reach Postgres in the order of the calls.
   */
  recordAudit(entry: AuditEntry): Promise<void>;
  /** The same for what must not happen unwritten: rejects unless Postgres has taken it. */
  recordOrFail(entry: AuditEntry): Promise<void>;
  /** Entries in the spool file that wait for Postgres, and entries that could be written nowhere but the log. */
  counts(): { readonly waiting: number; readonly lost: number };
  /** Waits for what is being written; what is spooled stays for the next start. */
  close(): Promise<void>;
}

export interface AuditSpoolDeps {
  readonly dataDir: string;
  readonly store: Pick<Store, 'available' | 'onAvailable'> & { readonly audit: Pick<AuditStore, 'append'> };
  readonly log: Logger;
  readonly clock: Clock;
  readonly maxBytes?: number;
  readonly postgresWaitMs?: number;
  /** A row that Postgres has. */
  readonly onAppended?: (row: AuditRow) => void;
}

interface IdentifiedEntry {
  /** UUID: Postgres takes an entry once, however often it is sent. */
  readonly id: string;
  readonly entry: AuditEntry;
}

const defaultMaxBytes = 16 * 1024 * 1024;
const replayRetryMs = 1_000;

/** Opens `<dataDir>/audit-spool.ndjson`; what an earlier run left there is replayed once Postgres is there. */
export async function openAuditSpool(deps: AuditSpoolDeps): Promise<AuditSpool> {
  const { store, log, clock, postgresWaitMs = 1_000 } = deps;
  const file = createSpoolFile(join(deps.dataDir, 'audit-spool.ndjson'), deps.maxBytes ?? defaultMaxBytes);
  const inTurn = createTurns();
  const closing = new AbortController();
  let waiting = await countLeft();
  let lost = 0;
  let lostUntold = 0;
  let replaying: Promise<void> | undefined;
  const unsubscribe = store.onAvailable(startReplay);

  return {
    recordAudit: (entry) => inTurn(() => record({ id: randomUUID(), entry: storable(entry, clock) })),
    recordOrFail: (entry) => inTurn(() => append({ id: randomUUID(), entry: storable(entry, clock) })),
    counts: () => ({ waiting, lost }),
    async close() {
      unsubscribe();
      closing.abort();
      await replaying;
      await inTurn(async () => {});
    },
  };

  async function countLeft(): Promise<number> {
    try {
      return (await file.read(0)).lines.length;
    } catch (error) {
      log.error({ err: error }, 'The audit spool can not be read');
      return 0;
    }
  }

  async function record(item: IdentifiedEntry): Promise<void> {
    // Behind entries that wait it has to wait too: the chain keeps their order.
    if (waiting === 0 && store.available() && (await takenByPostgres(item))) return;
    await spool(item);
    startReplay();
  }

  /** The log has the chain's end, which is what nobody can cut off the table unseen then. */
  async function append({ id, entry }: IdentifiedEntry): Promise<void> {
    const row = await store.audit.append(id, entry);
    log.info({ seq: row.seq, hash: row.hash, action: entry.action }, 'Audit entry appended');
    deps.onAppended?.(row);
  }

  async function takenByPostgres(item: IdentifiedEntry): Promise<boolean> {
    const timer = new AbortController();
    const taken = append(item).then(
      () => true,
      (error) => {
        log.warn({ err: error }, 'Postgres did not take an audit entry; it is spooled');
        return false;
      },
    );
    const late = delay(postgresWaitMs, false, { signal: timer.signal }).catch(() => false);
    const inTime = await Promise.race([taken, late]);
    timer.abort();
    return inTime;
  }

  async function spool(item: IdentifiedEntry): Promise<void> {
    try {
      if (await file.append(JSON.stringify(item))) waiting++;
      else lose(item, 'the audit spool is full');
    } catch (error) {
      lose(item, error);
    }
  }

  /** The log is the last place that is left. */
  function lose(item: unknown, why: unknown): void {
    lost++;
    lostUntold++;
    log.error(
      { lostAuditEntry: item, err: why },
      'An audit entry could not be written down; it is only here',
    );
  }

  function startReplay(): void {
    if (waiting === 0 && lostUntold === 0) return;
    replaying ??= replay().finally(() => {
      replaying = undefined;
    });
  }

  async function replay(): Promise<void> {
    for (let offset = 0; store.available() && !closing.signal.aborted; ) {
      try {
        const { lines, end } = await inTurn(() => file.read(offset));
        for (const line of lines) await replayLine(line);
        offset = end;
        if (await inTurn(() => removeRead(end))) return await tellLost();
      } catch (error) {
        // Everything from the last `offset` on is sent again: Postgres knows what it has.
        log.warn({ err: error, waiting }, 'The audit spool could not be replayed; trying again');
        await delay(replayRetryMs, undefined, { signal: closing.signal }).catch(() => {});
      }
    }
  }

  async function replayLine(line: string): Promise<void> {
    const item = parse(line);
    if (!item) return lose(line, 'the line is torn');
    try {
      await append(item);
    } catch (error) {
      if (!isRefused(error)) throw error;
      lose(item, error);
    }
  }

  async function removeRead(end: number): Promise<boolean> {
    const removed = await file.removeAt(end);
    if (removed) waiting = 0;
    return removed;
  }

  async function tellLost(): Promise<void> {
    if (lostUntold === 0) return;
    const count = lostUntold;
    const reason = `${count} audit entries could be written neither to Postgres nor to the spool; they are in the log`;
    const at = new Date(clock.now()).toISOString();
    const entry = { at, actor: 'ficus', action: 'lost', reason, detail: { count } };
    await append({ id: randomUUID(), entry });
    lostUntold -= count;
  }
}

function parse(line: string): IdentifiedEntry | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** As it can be written down: a caller's slip must not cost the entry. */
function storable(entry: AuditEntry, clock: Clock): AuditEntry {
  const at = Number.isNaN(Date.parse(entry.at)) ? new Date(clock.now()).toISOString() : entry.at;
  try {
    return { ...entry, at, detail: JSON.parse(JSON.stringify(entry.detail ?? {})) };
  } catch (error) {
    return { ...entry, at, detail: { unreadable: String(error) } };
  }
}

/** Runs one piece of work after the other. */
function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => {});
    return result;
  };
}
