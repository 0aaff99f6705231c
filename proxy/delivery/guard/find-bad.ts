import { evidenceAgainst, type Limits, logSum, monolithRate } from './evidence-against.ts';
import type { SeenHistory } from './seen-history.ts';
import { badPart, nothingSeen, type SideSeen } from './window.ts';

/** What is judged, and how much has to be seen of it. */
export interface Watch extends Limits {
  readonly minRequests: number;
  /** Shorter windows are not looked at. */
  readonly minSeconds: number;
  /** Longer ones are looked at only while they have few requests. */
  readonly windowSeconds: number;
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
 * look a second, four months; a healthy service is better than that, and the odds are far longer.
 */
const LOOKS_TO_FALSE_ALARM = 1e7;
const ENOUGH = Math.log(LOOKS_TO_FALSE_ALARM);

/** What all windows together could not make enough of. */
const LEAST = ENOUGH - Math.log(100);

/**
 * Where the service has few requests, windows are up to so many times longer: what is little over the rate that is
 * allowed takes so many requests to be told from it, however long they take to come.
 */
const STRETCHED = 10;
/** Few are those of which so many at most may be bad. */
const FEW_BAD = 30;

/** Seconds of the longest window there can be: what has to be remembered. */
export function longestWindow(windowSeconds: number): number {
  return Math.max(windowSeconds, Math.min(3600, windowSeconds * STRETCHED));
}

/** So few are enough where most of them are bad. */
const MIN_REQUESTS_OF_OUTAGE = 10;
const OUTAGE = 0.5;
/**
 * So few are enough within so many seconds where nothing but failures came. Clients try again up to three times as a
 * rule: four failures may be one request that is bad by itself, the fifth is another one.
 */
const MIN_REQUESTS_OF_TOTAL_OUTAGE = 5;
const TOTAL_OUTAGE_SECONDS = 10;

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
  const windows = history.windows(now, ({ seconds, seen }) => isLongEnough(seconds, seen.service, watch));
  if (windows.every(({ seen }) => badPart(seen.service) <= watch.rate)) return undefined;
  let others: ReadonlyMap<number, SideSeen> | undefined;
  const hasPart = (windows.at(-1)?.seen.monolith.requests ?? 0) > 0;
  const run = history.run(now);
  for (const { seconds, seen } of run ? [run, ...windows] : windows) {
    // What is no worse than allowed adds next to nothing.
    if (seconds < watch.minSeconds || badPart(seen.service) <= watch.rate) continue;
    if (!isEnough(seen.service, watch.minRequests, seconds)) continue;
    others ??= new Map(elsewhere.windows(now).map((window) => [window.seconds, window.seen.monolith]));
    const reference = {
      hasPart,
      before: history.before,
      elsewhere: others.get(seconds) ?? nothingSeen,
    };
    const log = evidenceAgainst(seen, watch, reference, LEAST);
    if (log < LEAST) continue;
    logs.push(log);
    if (loudest && loudest.log >= log) continue;
    const rate = monolithRate(seen.monolith, reference);
    loudest = { log, window: { seconds, ...seen, monolithRate: rate } };
  }
  return loudest && logSum(logs) >= ENOUGH ? loudest.window : undefined;
}

function isLongEnough(seconds: number, service: SideSeen, { windowSeconds, rate }: Watch): boolean {
  return seconds >= windowSeconds && service.requests * rate > FEW_BAD;
}

function isEnough(service: SideSeen, minRequests: number, seconds: number): boolean {
  const { requests, bad } = service;
  if (requests >= minRequests) return true;
  if (requests >= MIN_REQUESTS_OF_OUTAGE && badPart(service) >= OUTAGE) return true;
  return requests >= MIN_REQUESTS_OF_TOTAL_OUTAGE && bad === requests && seconds <= TOTAL_OUTAGE_SECONDS;
}
