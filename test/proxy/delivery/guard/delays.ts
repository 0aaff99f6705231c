import type { Watch } from '../../../../proxy/delivery/guard/find-bad.ts';
import { mulberry32, simulate, usualWatch } from './simulated-traffic.ts';

/** When a service that was well goes bad: somewhere in the second after this one. */
const wellForSeconds = 120;
const givenUpAfterSeconds = 900;
/** As every worker does. */
const reportsPerSecond = 2;

export interface GoingBad {
  readonly requestsPerSecond: number;
  /** Of the service, 0 to 1. */
  readonly share: number;
  /** Bad part of its answers from then on, 0.1 % before; the monolith's stays at 0.1 %. */
  readonly bad: number;
  readonly watch?: Watch;
}

/** Seconds from then until the guard knows, half a second of waiting for a report included; `Infinity` for never. */
export function delayOf(
  { requestsPerSecond, share, bad, watch = usualWatch }: GoingBad,
  seed: number,
): number {
  const onset = wellForSeconds + mulberry32(seed + 1_000_000)();
  const tripped = simulate({
    seed,
    seconds: wellForSeconds + givenUpAfterSeconds,
    requestsPerSecond: () => requestsPerSecond,
    share,
    service: (at) => (at < onset ? 0.001 : bad),
    monolith: () => 0.001,
    reportsPerSecond,
    watch,
  });
  return tripped === undefined ? Number.POSITIVE_INFINITY : tripped + 1 / reportsPerSecond - onset;
}

export function quantileDelays(
  goingBad: GoingBad,
  seeds: number,
): { readonly p50: number; readonly p95: number } {
  const delays = Array.from({ length: seeds }, (_, seed) => delayOf(goingBad, seed)).sort((a, b) => a - b);
  const quantile = (part: number) => delays[Math.ceil(delays.length * part) - 1]!;
  return { p50: quantile(0.5), p95: quantile(0.95) };
}
