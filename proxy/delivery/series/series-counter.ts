import type { Logger } from 'pino';
import type { SeriesStore } from '../../store/series.ts';
import {
  addCounts,
  mergeSeries,
  type SeriesProgress,
  type SeriesRow,
  type SeriesStanding,
  wholeEstate,
} from '../../store/series-rows.ts';
import type { Clock } from '../../telemetry/clock.ts';
import { addLatencies, latencyBucket, latencyBuckets } from '../../telemetry/latency.ts';
import { packLatencies } from '../../telemetry/latency-bytes.ts';
import type { MigrationIncrement, SideIncrement } from '../traffic-history.ts';
import type { Standings } from './standings.ts';

/** What a compared pair adds: its outcome, and how the service did with its copy. */
export interface CountedPair {
  readonly migration: string;
  readonly control: 'monolith' | 'service';
  readonly outcome: 'agreed' | 'differed' | 'incomparable';
  readonly failed?: 'monolith' | 'service' | 'both';
  readonly serviceMs: number;
}

export interface SeriesCounterDeps {
  readonly store: Pick<SeriesStore, 'add' | 'prune'>;
  /** Where everybody stands now. */
  readonly standings: () => Standings;
  readonly clock: Clock;
  readonly log: Logger;
}

const MINUTE_MS = 60_000;
const WRITE_EVERY_MS = 30_000;
const PRUNE_EVERY_MS = 3_600_000;
/** Somebody who looks need not wait for the next write. */
const FRESH_FOR_MS = 5_000;
/** Four hours of fifty migrations: what is older is lost while Postgres is away. */
const MAX_WAITING_ROWS = 12_000;

/** Counts by migration and minute, off the request path; added up in Postgres over all replicas. */
export class SeriesCounter {
  readonly #deps: SeriesCounterDeps;
  readonly #timer: NodeJS.Timeout;
  #minuteMs = 0;
  #counting = new Map<string, Counting>();
  /** Minutes that Postgres does not have, the oldest first. */
  #waiting: SeriesRow[] = [];
  #writing: Promise<void> = Promise.resolve();
  #writtenAt = Number.NEGATIVE_INFINITY;
  #prunedAt = Number.NEGATIVE_INFINITY;

  constructor(deps: SeriesCounterDeps) {
    this.#deps = deps;
    this.#timer = setInterval(() => void this.flush().catch(() => {}), WRITE_EVERY_MS);
    this.#timer.unref();
  }

  /** Answers to clients; `''` is traffic of no migration. */
  answered(migration: string, { monolith, service }: MigrationIncrement): void {
    if (monolith.requests === 0 && service.requests === 0) return;
    const estate = this.#of(wholeEstate);
    addSide(estate.monolith, { ...monolith, latency: [] });
    addSide(estate.service, { ...service, latency: [] });
    if (migration === '') return;
    const counting = this.#of(migration);
    addSide(counting.monolith, monolith);
    addSide(counting.service, service);
  }

  compared({ migration, control, outcome, failed, serviceMs }: CountedPair): void {
    const counting = this.#of(migration);
    counting[outcome]++;
    if (control !== 'monolith') return;
    if (failed === 'service' || failed === 'both') counting.copyErrors++;
    else if (outcome !== 'incomparable') counting.copyLatency[latencyBucket(serviceMs)]!++;
  }

  dropped(migration: string, reason: string, count: number): void {
    const counting = this.#of(migration);
    counting.dropped = addCounts(counting.dropped, { [reason]: count });
  }

  /** Writes what was counted unless that was done a moment ago. Rejects while Postgres is away. */
  async fresh(): Promise<void> {
    if (this.#deps.clock.monotonic() - this.#writtenAt >= FRESH_FOR_MS) await this.flush();
  }

  /** Writes what was counted, and where everybody stands. Rejects while Postgres is away; what was counted is kept. */
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
    const { store, clock, log } = this.#deps;
    const { standings, progress } = this.#deps.standings();
    for (const [migration, standing] of standings) this.#of(migration).standing = standing;
    this.#of(wholeEstate).progress = progress;
    this.#endMinute();
    const rows = this.#waiting;
    this.#waiting = [];
    try {
      await store.add(rows);
    } catch (error) {
      this.#wait([...rows, ...this.#waiting]);
      log.debug({ err: error }, 'what was counted over time waits for Postgres');
      throw error;
    }
    this.#writtenAt = clock.monotonic();
    if (this.#writtenAt - this.#prunedAt < PRUNE_EVERY_MS) return;
    await store.prune(clock.now());
    this.#prunedAt = this.#writtenAt;
  }

  #of(migration: string): Counting {
    const minuteMs = Math.floor(this.#deps.clock.now() / MINUTE_MS) * MINUTE_MS;
    if (minuteMs !== this.#minuteMs) this.#endMinute();
    this.#minuteMs = minuteMs;
    let counting = this.#counting.get(migration);
    if (!counting) {
      counting = nothing();
      this.#counting.set(migration, counting);
    }
    return counting;
  }

  #endMinute(): void {
    const rows = [...this.#counting].map(([migration, counting]) =>
      rowOf(migration, this.#minuteMs, counting),
    );
    this.#counting = new Map();
    this.#wait([...this.#waiting, ...rows]);
  }

  #wait(rows: readonly SeriesRow[]): void {
    const merged = mergeSeries(rows);
    const lost = merged.length - MAX_WAITING_ROWS;
    if (lost > 0) this.#deps.log.warn({ lost }, 'Postgres is away for long: the oldest minutes are not kept');
    this.#waiting = lost > 0 ? merged.slice(lost) : merged;
  }
}

interface CountingSide {
  requests: number;
  errors: number;
  latency: readonly number[];
}

interface Counting {
  readonly monolith: CountingSide;
  readonly service: CountingSide;
  copyErrors: number;
  readonly copyLatency: number[];
  agreed: number;
  differed: number;
  incomparable: number;
  dropped: Readonly<Record<string, number>>;
  standing?: SeriesStanding;
  progress?: SeriesProgress;
}

const nothing = (): Counting => ({
  monolith: { requests: 0, errors: 0, latency: [] },
  service: { requests: 0, errors: 0, latency: [] },
  copyErrors: 0,
  copyLatency: new Array<number>(latencyBuckets).fill(0),
  ...{ agreed: 0, differed: 0, incomparable: 0 },
  dropped: {},
});

function addSide(side: CountingSide, { requests, errors, latency }: SideIncrement): void {
  if (requests === 0) return;
  side.requests += requests;
  side.errors += errors;
  side.latency = addLatencies(side.latency, latency);
}

function rowOf(migration: string, minuteMs: number, counting: Counting): SeriesRow {
  const { monolith, service, copyLatency, ...rest } = counting;
  return {
    ...rest,
    ...{ migration, stepSeconds: 60, atMs: minuteMs },
    monolith: { ...monolith, latency: packLatencies(monolith.latency) },
    service: { ...service, latency: packLatencies(service.latency) },
    copyLatency: packLatencies(copyLatency),
  };
}
