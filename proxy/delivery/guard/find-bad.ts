import { evidenceAgainst, type Limits, logSum, monolithRate } from './evidence-against.ts';
import type { SeenHistory } from './seen-history.ts';
import { badPart, nothingSeen, type SideSeen } from './window.ts';

/** What is judged, and how much has to be seen of it. */
export interface Watch extends Limits {
  readonly minRequests: number;
  /** Shorter windows are not looked at. */
  readonly minSeconds: number;
}

/** The window that speaks loudest against the service. */
export interface BadWindow {
  readonly seconds: number;
  readonly service: SideSeen;
  readonly monolith: SideSeen;
  /** 0 to 1: the rate of the monolith that it was held against. */
  readonly monolithRate: number;
}

/**
 * How many looks at a service exactly as bad as is allowed there are, on average, to one false alarm: with a
 * look a second, three years; a healthy service is better than that, and the odds are far longer.
 */
const LOOKS_TO_FALSE_ALARM = 1e8;
const ENOUGH = Math.log(LOOKS_TO_FALSE_ALARM);

/** So few are enough where most of them are bad. */
const MIN_REQUESTS_OF_OUTAGE = 10;
const OUTAGE = 0.5;

/**
 * Looks at all windows that end now, from a second to the longest, at once: fast where much is bad, patient where
 * little is. Looking every second would make any test for one look cry wolf sooner or later; the sum of the
 * e-values of all windows is an e-detector of the Shiryaev–Roberts kind, which under a healthy service reaches A
 * after at least A looks on average (J. Shin, A. Ramdas, A. Rinaldo, "E-detectors: a nonparametric framework for
 * sequential change detection", New England Journal of Statistics in Data Science 2, 2024, theorem 2.4). Leaving
 * out windows, those too thin and those older than the longest, only makes the sum smaller.
 */
export function findBad(
  history: SeenHistory,
  elsewhere: SeenHistory,
  now: number,
  watch: Watch,
): BadWindow | undefined {
  const logs: number[] = [];
  let loudest: { log: number; window: BadWindow } | undefined;
  const windows = history.windows(now);
  if (windows.every(({ seen }) => badPart(seen.service) <= watch.rate)) return undefined;
  const others = elsewhere.windows(now);
  const hasPart = (windows.at(-1)?.seen.monolith.requests ?? 0) > 0;
  for (const [index, { seconds, seen }] of windows.entries()) {
    // What is no worse than allowed adds next to nothing.
    if (seconds < watch.minSeconds || badPart(seen.service) <= watch.rate) continue;
    if (!isEnough(seen.service, watch.minRequests)) continue;
    const reference = {
      hasPart,
      before: history.before,
      elsewhere: others[index]?.seen.monolith ?? nothingSeen,
    };
    const log = evidenceAgainst(seen, watch, reference);
    logs.push(log);
    if (loudest && loudest.log >= log) continue;
    const rate = monolithRate(seen.monolith, reference);
    loudest = { log, window: { seconds, ...seen, monolithRate: rate } };
  }
  return loudest && logSum(logs) >= ENOUGH ? loudest.window : undefined;
}

function isEnough(service: SideSeen, minRequests: number): boolean {
  if (service.requests >= minRequests) return true;
  return service.requests >= MIN_REQUESTS_OF_OUTAGE && badPart(service) >= OUTAGE;
}
