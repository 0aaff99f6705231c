import { wilsonLowerBound } from '../../evidence/wilson.ts';
import type { SeriesRow, SeriesSide, SeriesStanding } from '../../store/series-rows.ts';
import { latencyBuckets, latencyPercentile } from '../../telemetry/latency.ts';
import { addPacked, type LatencyBytes } from '../../telemetry/latency-bytes.ts';
import { byPoint, type Grid } from './grid.ts';
import type { SeriesMarker } from './markers.ts';

/** A value for each point; null where nothing is known of it, which is not 0. */
export type Values = readonly (number | null)[];

/** Point `i` of all values is what was counted from `from` plus `i × stepSeconds` on. */
export interface SeriesGrid {
  /** ISO time. */
  readonly from: string;
  readonly stepSeconds: number;
  readonly points: number;
}

export interface SideSeries {
  readonly requests: Values;
  readonly errors: Values;
  readonly p50Ms: Values;
  readonly p95Ms: Values;
  readonly p99Ms: Values;
}

/** A migration over time. */
export interface MigrationSeries extends SeriesGrid {
  readonly migration: string;
  /** Percent, as it stood at the end of each step. */
  readonly share: { readonly asked: Values; readonly allowed: Values; readonly effective: Values };
  /** What clients got. */
  readonly monolith: SideSeries;
  readonly service: SideSeries;
  /** How the service did with its copies; `errors` of those that were `requests`. */
  readonly copies: SideSeries;
  /** 0 to 1, of all pairs under the builds and rules of then: judged as the gate does, and their lower 95 % bound. */
  readonly agreement: { readonly ratio: Values; readonly atLeast: Values };
  /** Compared in each step, before any verdict. */
  readonly pairs: { readonly agreed: Values; readonly differed: Values; readonly incomparable: Values };
  /** Copies that were not sent or not compared, by reason. */
  readonly dropped: Readonly<Record<string, Values>>;
  /** What moved it, the oldest first. */
  readonly markers: readonly SeriesMarker[];
}

/** Reasons come from a short list of ours; whatever else turns up is not shown. */
const maxReasons = 40;

export function migrationSeries(
  migration: string,
  grid: Grid,
  rows: readonly SeriesRow[],
  markers: readonly SeriesMarker[],
): MigrationSeries {
  const points = byPoint(grid, rows);
  const count = (of: (row: SeriesRow) => number): Values => points.map((step) => sumOf(step, of));
  const standing = (of: (standing: SeriesStanding) => number | null): Values =>
    points.map((step) => {
      const last = step.findLast((row) => row.standing)?.standing;
      return last ? of(last) : null;
    });
  const reasons = [...new Set(rows.flatMap(({ dropped }) => Object.keys(dropped)))].sort();
  return {
    migration,
    ...toldGrid(grid),
    share: {
      asked: standing(({ asked }) => asked),
      allowed: standing(({ allowed }) => allowed),
      effective: standing(({ effective }) => effective),
    },
    monolith: sideSeries(points, ({ monolith }) => monolith),
    service: sideSeries(points, ({ service }) => service),
    copies: sideSeries(points, copiesOf),
    agreement: {
      ratio: standing(({ judgedPairs, judgedAgreed }) =>
        judgedPairs > 0 ? judgedAgreed / judgedPairs : null,
      ),
      atLeast: standing(({ judgedPairs, judgedAgreed }) =>
        judgedPairs > 0 ? wilsonLowerBound(judgedAgreed, judgedPairs) : null,
      ),
    },
    pairs: {
      agreed: count(({ agreed }) => agreed),
      differed: count(({ differed }) => differed),
      incomparable: count(({ incomparable }) => incomparable),
    },
    dropped: Object.fromEntries(
      reasons.slice(0, maxReasons).map((reason) => [reason, count(({ dropped }) => dropped[reason] ?? 0)]),
    ),
    markers,
  };
}

export function sideSeries(
  points: readonly (readonly SeriesRow[])[],
  side: (row: SeriesRow) => SeriesSide,
): SideSeries {
  const latencies = points.map((step) => latencyOf(step.map((row) => side(row).latency)));
  const percentile = (part: number): Values =>
    latencies.map((counts) => (counts ? round(latencyPercentile(counts, part)) : null));
  return {
    requests: points.map((step) => sumOf(step, (row) => side(row).requests)),
    errors: points.map((step) => sumOf(step, (row) => side(row).errors)),
    p50Ms: percentile(0.5),
    p95Ms: percentile(0.95),
    p99Ms: percentile(0.99),
  };
}

export const toldGrid = ({ fromMs, stepSeconds, points }: Grid): SeriesGrid => ({
  from: new Date(fromMs).toISOString(),
  stepSeconds,
  points,
});

export function sumOf<Row>(rows: readonly Row[], of: (row: Row) => number): number | null {
  return rows.length === 0 ? null : rows.reduce((sum, row) => sum + of(row), 0);
}

function copiesOf({ copyErrors, copyLatency }: SeriesRow): SeriesSide {
  const counts = latencyOf([copyLatency]);
  const answered = counts?.reduce((sum, count) => sum + count, 0) ?? 0;
  return { requests: answered + copyErrors, errors: copyErrors, latency: copyLatency };
}

/** Undefined where nothing was measured. */
function latencyOf(packed: readonly LatencyBytes[]): number[] | undefined {
  const filled = packed.filter((bytes) => bytes.length > 0);
  if (filled.length === 0) return undefined;
  const counts = new Array<number>(latencyBuckets).fill(0);
  for (const bytes of filled) addPacked(counts, bytes);
  return counts;
}

/** No buckets are that fine, and digits cost bytes. */
const round = (ms: number): number => Math.round(ms * 100) / 100;
