import type { Logger } from 'pino';
import type { DailyCountsStore, DayCounts } from '../store/daily-counts.ts';
import type { Clock } from '../telemetry/clock.ts';

export type { DayRow } from '../store/daily-counts.ts';

/** Pairs whose client was answered by the service and whose copy went back to the monolith. */
export interface Drift {
  readonly days: number;
  readonly agreed: number;
  readonly differed: number;
  readonly incomparable: number;
}

export interface DailyCountsDeps {
  readonly store: DailyCountsStore;
  readonly migrations: () => readonly { readonly id: string }[];
  readonly clock: Clock;
  readonly log: Logger;
}

const WRITE_EVERY_MS = 5000;
const DRIFT_DAYS = 7;
const DAY_MS = 86_400_000;
const nothing: DayCounts = {
  monolithHits: 0,
  serviceHits: 0,
  reverseAgreed: 0,
  reverseDiffered: 0,
  reverseIncomparable: 0,
};

/**
 * What each side answered, and how far the way back still agrees, by migration and day (UTC). Added up in Postgres over
 * all replicas; a day without traffic is written, too, since that nobody asked is not the same as that nobody counted.
 */
export class DailyCounts {
  readonly #deps: DailyCountsDeps;
  readonly #timer: NodeJS.Timeout;
  #pending = new Map<
    string,
    { day: string; migration: string; counts: DayCounts; lastMonolithHit?: string }
  >();
  /** The day that each migration has a row of from here. */
  readonly #begun = new Map<string, string>();
  #drift = new Map<string, Drift>();
  #writing: Promise<void> = Promise.resolve();

  constructor(deps: DailyCountsDeps) {
    this.#deps = deps;
    this.#timer = setInterval(() => void this.flush().catch(() => {}), WRITE_EVERY_MS);
    this.#timer.unref();
  }

  /** Answers to clients. */
  answered(migration: string, monolithHits: number, serviceHits: number): void {
    if (monolithHits === 0 && serviceHits === 0) return;
    const row = this.#add(migration, { ...nothing, monolithHits, serviceHits });
    if (monolithHits > 0) row.lastMonolithHit = this.#nowIso();
  }

  /** A pair whose control is the service. */
  reverse(migration: string, outcome: 'agreed' | 'differed' | 'incomparable'): void {
    this.#add(migration, {
      ...nothing,
      reverseAgreed: outcome === 'agreed' ? 1 : 0,
      reverseDiffered: outcome === 'differed' ? 1 : 0,
      reverseIncomparable: outcome === 'incomparable' ? 1 : 0,
    });
  }

  /** Of the last days, as Postgres had it a moment ago. */
  drift(migration: string): Drift {
    return this.#drift.get(migration) ?? { days: DRIFT_DAYS, agreed: 0, differed: 0, incomparable: 0 };
  }

  /** The days that were counted, today and so many before it, oldest first. Rejects while Postgres is away. */
  async countedDays(migration: string, days: number) {
    await this.flush();
    return this.#deps.store.since(this.#dayBefore(days), migration);
  }

  /** Writes what was counted, and reads the drift. Rejects while Postgres is away; what was counted is kept. */
  flush(): Promise<void> {
    const written = this.#writing.then(() => this.#write());
    this.#writing = written.catch(() => {});
    return written;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush().catch(() => {});
  }

  async #write(): Promise<void> {
    const { store, migrations, log } = this.#deps;
    const today = this.#nowIso().slice(0, 10);
    // A day is there from its first minute on, whether anybody asks or not.
    const beginning = migrations().filter(({ id }) => this.#begun.get(id) !== today);
    for (const { id } of beginning) this.#add(id, nothing, today);
    const rows = [...this.#pending.values()];
    this.#pending = new Map();
    try {
      if (rows.length > 0) await store.add(rows);
      for (const { id } of beginning) this.#begun.set(id, today);
    } catch (error) {
      for (const row of rows) this.#giveBack(row);
      log.debug({ err: error }, 'daily counts wait for Postgres');
      throw error;
    }
    this.#drift = driftOf(await store.since(this.#dayBefore(DRIFT_DAYS - 1)));
  }

  #add(migration: string, counts: DayCounts, day = this.#nowIso().slice(0, 10)) {
    const key = JSON.stringify([migration, day]);
    const row = this.#pending.get(key) ?? { day, migration, counts: nothing };
    row.counts = sum(row.counts, counts);
    this.#pending.set(key, row);
    return row as { lastMonolithHit?: string };
  }

  #giveBack({
    migration,
    counts,
    day,
    lastMonolithHit,
  }: {
    migration: string;
    counts: DayCounts;
    day: string;
    lastMonolithHit?: string;
  }): void {
    const row = this.#add(migration, counts, day);
    if (lastMonolithHit !== undefined) row.lastMonolithHit ??= lastMonolithHit;
  }

  #nowIso(): string {
    return new Date(this.#deps.clock.now()).toISOString();
  }

  #dayBefore(days: number): string {
    return new Date(this.#deps.clock.now() - days * DAY_MS).toISOString().slice(0, 10);
  }
}

function sum(one: DayCounts, other: DayCounts): DayCounts {
  return {
    monolithHits: one.monolithHits + other.monolithHits,
    serviceHits: one.serviceHits + other.serviceHits,
    reverseAgreed: one.reverseAgreed + other.reverseAgreed,
    reverseDiffered: one.reverseDiffered + other.reverseDiffered,
    reverseIncomparable: one.reverseIncomparable + other.reverseIncomparable,
  };
}

function driftOf(rows: readonly (DayCounts & { readonly migration: string })[]): Map<string, Drift> {
  const drift = new Map<string, Drift>();
  for (const row of rows) {
    const before = drift.get(row.migration);
    drift.set(row.migration, {
      days: DRIFT_DAYS,
      agreed: (before?.agreed ?? 0) + row.reverseAgreed,
      differed: (before?.differed ?? 0) + row.reverseDiffered,
      incomparable: (before?.incomparable ?? 0) + row.reverseIncomparable,
    });
  }
  return drift;
}
