import type { SeriesRow, SeriesSide } from '../../proxy/store/series-rows.ts';
import { latencyBucket, latencyBuckets } from '../../proxy/telemetry/latency.ts';
import { packLatencies } from '../../proxy/telemetry/latency-bytes.ts';

/** A way that a migration went: from each of these times on its service had so many percent. */
export interface SampleWay {
  readonly migration: string;
  readonly requestsAMinute: number;
  readonly monolithMs: number;
  readonly serviceMs: number;
  /** Of the whole estate (`''`). */
  readonly routes?: number;
  readonly shares: readonly { readonly fromMs: number; readonly percent: number }[];
}

/** A minute of each way for each point of a grid. */
export function sampleGrid(
  { fromMs, stepSeconds, points }: { fromMs: number; stepSeconds: number; points: number },
  ways: readonly SampleWay[],
): SeriesRow[] {
  return Array.from({ length: points }, (_, index) => fromMs + index * stepSeconds * 1000).flatMap((atMs) =>
    ways.map((way) => sampleMinute(way, atMs)),
  );
}

/** What a minute of it may have come to: plausible, and the same for the same minute. */
export function sampleMinute(way: SampleWay, atMs: number): SeriesRow {
  const { migration, requestsAMinute, monolithMs, serviceMs, routes = 0 } = way;
  const effective = way.shares.findLast(({ fromMs }) => fromMs <= atMs)?.percent ?? 0;
  const swing = wobble(atMs);
  const requests = Math.round(requestsAMinute * (0.8 + 0.4 * dayCurve(atMs)) * (0.95 + 0.1 * swing));
  const service = Math.round((requests * effective) / 100);
  const copies = Math.round((requests - service) / 4);
  const judgedPairs = 2_000 + Math.floor((atMs / 60_000) % 10_000);
  return {
    ...{ migration, stepSeconds: 60, atMs },
    monolith: side(requests - service, 0.002 + 0.002 * swing, monolithMs * (0.9 + 0.3 * swing)),
    service: side(service, 0.001 + 0.002 * wobble(atMs + 1), serviceMs * (0.9 + 0.3 * wobble(atMs + 2))),
    copyErrors: copies > 0 && swing > 0.8 ? 1 : 0,
    copyLatency: spread(copies, serviceMs),
    ...{ agreed: copies - Math.round(copies / 40), differed: Math.round(copies / 40), incomparable: 0 },
    dropped: swing > 0.7 ? { 'queue-full': Math.round(12 * swing), 'too-large': 2 } : { 'too-large': 1 },
    ...(migration === ''
      ? { progress: { routes, movedRoutes: Math.round((effective / 100) * routes) } }
      : {
          standing: {
            asked: effective,
            allowed: effective,
            effective,
            judgedPairs,
            judgedAgreed: judgedPairs - 9,
          },
        }),
  };
}

function side(requests: number, errorRate: number, medianMs: number): SeriesSide {
  return { requests, errors: Math.round(requests * errorRate), latency: spread(requests, medianMs) };
}

/** `count` latencies: most near the median, some a few times slower. */
function spread(count: number, medianMs: number) {
  const counts = new Array<number>(latencyBuckets).fill(0);
  for (let i = 0; i < count; i++) {
    const part = (i + 0.5) / count;
    counts[latencyBucket(medianMs * 0.7 * (1 + 0.4 / (1.02 - part)))]!++;
  }
  return packLatencies(counts);
}

/** 0 to 1 and back, once a day. */
const dayCurve = (atMs: number): number => 0.5 - 0.5 * Math.cos((atMs / 86_400_000) * 2 * Math.PI);

/** 0 to 1, as if by chance. */
function wobble(seed: number): number {
  const value = Math.sin(seed / 7_919) * 43_758.5453;
  return value - Math.floor(value);
}
