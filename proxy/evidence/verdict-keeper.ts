import type { Logger } from 'pino';
import type { KeptVerdict, VerdictRow } from '../store/model.ts';
import type { Store } from '../store/open-store.ts';
import type { UndoneVerdicts, VerdictStore } from '../store/verdicts.ts';

/** The newest verdict on every signature, from memory, so that a gate reads them without a query. */
export interface VerdictKeeper {
  /**
   * Stores them, all or none, then counts them. Rejects with `StoreAway` while Postgres is away: a verdict must not
   * get lost.
   */
  add(verdicts: readonly VerdictRow[]): Promise<readonly KeptVerdict[]>;
  /** As the store does it; what holds again counts at once. */
  undo(order: UndoneVerdicts): ReturnType<VerdictStore['undo']>;
  /** By signature. */
  of(migration: string): ReadonlyMap<string, VerdictRow>;
  /** False until the store was read once. */
  isLoaded(): boolean;
  close(): void;
}

/** How long another replica's verdict may take to be seen here. */
const everyMs = 2_000;

const none: ReadonlyMap<string, VerdictRow> = new Map();

/** Keeps memory in step with what the store has. */
export function keepVerdicts(deps: {
  readonly store: Pick<Store, 'available' | 'onAvailable' | 'verdicts'>;
  readonly log: Logger;
}): VerdictKeeper {
  const { store, log } = deps;
  let verdicts = new Map<string, Map<string, VerdictRow>>();
  let loaded = false;
  /** Counts what was added here, so that an older reading does not take it away again. */
  let added = 0;
  let reading = false;
  const unsubscribe = store.onAvailable(() => void read());
  const timer = setInterval(() => void read(), everyMs);
  timer.unref();

  return {
    async add(orders) {
      const kept = await store.verdicts.add(orders);
      added++;
      for (const row of kept) take(verdicts, row);
      return kept;
    },
    async undo(order) {
      const done = await store.verdicts.undo(order);
      added++;
      if (!('conflicts' in done)) for (const { added: row } of done) take(verdicts, row);
      return done;
    },
    of: (migration) => verdicts.get(migration) ?? none,
    isLoaded: () => loaded,
    close() {
      unsubscribe();
      clearInterval(timer);
    },
  };

  async function read(): Promise<void> {
    if (reading || !store.available()) return;
    reading = true;
    try {
      const addedBefore = added;
      const rows = await store.verdicts.newest();
      if (added !== addedBefore) return;
      verdicts = new Map();
      for (const row of rows) take(verdicts, row);
      loaded = true;
    } catch (error) {
      log.warn({ err: error }, 'Verdicts are not in step with Postgres; trying again');
    } finally {
      reading = false;
    }
  }
}

function take(verdicts: Map<string, Map<string, VerdictRow>>, row: VerdictRow | KeptVerdict): void {
  const ofMigration = verdicts.get(row.migration) ?? new Map<string, VerdictRow>();
  const { verdict } = row;
  if (verdict === 'withdrawn') ofMigration.delete(row.signature);
  else ofMigration.set(row.signature, { ...row, verdict });
  verdicts.set(row.migration, ofMigration);
}
