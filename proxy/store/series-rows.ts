import { latencyBuckets } from '../telemetry/latency.ts';
import { addPacked, type LatencyBytes, packLatencies } from '../telemetry/latency-bytes.ts';

export interface SeriesSide {
  readonly requests: number;
  /** Answers of 500 and above, and requests that got no whole answer. */
  readonly errors: number;
  readonly latency: LatencyBytes;
}

/** Where a migration stood at one moment. Shares in percent. */
export interface SeriesStanding {
  readonly asked: number;
  readonly allowed: number;
  readonly effective: number;
  /** Pairs under the builds and rules of then, and those of them that agreed, as they were judged then. */
  readonly judgedPairs: number;
  readonly judgedAgreed: number;
}

/** How far the estate was at one moment. */
export interface SeriesProgress {
  /** In routes.yaml, and those of them in phase `service` or `retired`. */
  readonly routes: number;
  readonly movedRoutes: number;
}

/** As whose the estate as a whole is counted, with the traffic of no migration. */
export const wholeEstate = '';

/** What was counted of one migration, or of the estate, within one step of time. */
export interface SeriesRow {
  /** Or `wholeEstate`, of which requests and errors alone are counted. */
  readonly migration: string;
  readonly stepSeconds: number;
  /** At which the step begins, ms since 1970. */
  readonly atMs: number;
  readonly monolith: SeriesSide;
  readonly service: SeriesSide;
  /** Copies to the service that it failed, and how long the others took it. */
  readonly copyErrors: number;
  readonly copyLatency: LatencyBytes;
  /** Pairs by what their comparison came to, before any verdict. */
  readonly agreed: number;
  readonly differed: number;
  readonly incomparable: number;
  /** Copies that were not sent, or not compared, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
  /** At its end, of a migration; absent where nobody looked. */
  readonly standing?: SeriesStanding;
  /** The same of the estate. */
  readonly progress?: SeriesProgress;
}

/** Adds up those of the same migration and step, in the order in which they come: the last standing is kept. */
export function mergeSeries(rows: readonly SeriesRow[]): SeriesRow[] {
  const merged = new Map<string, SeriesRow>();
  for (const row of rows) {
    const key = JSON.stringify([row.migration, row.stepSeconds, row.atMs]);
    const before = merged.get(key);
    merged.set(key, before ? addRows(before, row) : row);
  }
  return [...merged.values()];
}

function addRows(one: SeriesRow, other: SeriesRow): SeriesRow {
  const standing = other.standing ?? one.standing;
  const progress = other.progress ?? one.progress;
  return {
    migration: one.migration,
    stepSeconds: one.stepSeconds,
    atMs: one.atMs,
    monolith: addSides(one.monolith, other.monolith),
    service: addSides(one.service, other.service),
    copyErrors: one.copyErrors + other.copyErrors,
    copyLatency: addLatency(one.copyLatency, other.copyLatency),
    agreed: one.agreed + other.agreed,
    differed: one.differed + other.differed,
    incomparable: one.incomparable + other.incomparable,
    dropped: addCounts(one.dropped, other.dropped),
    ...(standing && { standing }),
    ...(progress && { progress }),
  };
}

function addSides(one: SeriesSide, other: SeriesSide): SeriesSide {
  return {
    requests: one.requests + other.requests,
    errors: one.errors + other.errors,
    latency: addLatency(one.latency, other.latency),
  };
}

function addLatency(one: LatencyBytes, other: LatencyBytes): LatencyBytes {
  if (one.length === 0) return other;
  if (other.length === 0) return one;
  const counts = new Array<number>(latencyBuckets).fill(0);
  addPacked(counts, one);
  addPacked(counts, other);
  return packLatencies(counts);
}

type Counts = Readonly<Record<string, number>>;

export function addCounts(one: Counts, other: Counts): Counts {
  const sum: Record<string, number> = { ...one };
  for (const [name, count] of Object.entries(other)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}
