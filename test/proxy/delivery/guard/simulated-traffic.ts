import { findBad, longestWindow, type Watch } from '../../../../proxy/delivery/guard/find-bad.ts';
import { SeenHistory } from '../../../../proxy/delivery/guard/seen-history.ts';
import { nothingSeen } from '../../../../proxy/delivery/guard/window.ts';

/** The defaults of routes.yaml. */
export const usualWatch: Watch = {
  rate: 0.01,
  timesMonolith: 2,
  minRequests: 50,
  minSeconds: 1,
  windowSeconds: 60,
};

export interface Simulated {
  readonly seed: number;
  readonly seconds: number;
  /** By second. */
  readonly requestsPerSecond: (second: number) => number;
  /** Of the service, 0 to 1. */
  readonly share: number;
  /** How often counts come in; once a second where it is not said. */
  readonly reportsPerSecond?: number;
  /** Bad part of the answers of each side, by second (also parts of one), 0 to 1. */
  readonly service: (second: number) => number;
  readonly monolith: (second: number) => number;
  /** Bad part of what the monolith answers on other paths, a hundred requests a second of it; without it nothing comes there. */
  readonly elsewhere?: (second: number) => number;
  readonly watch?: Watch;
}

/** The time in seconds at which the guard would have taken it back, or undefined. */
export function simulate(traffic: Simulated): number | undefined {
  const { reportsPerSecond = 1, watch = usualWatch } = traffic;
  const random = mulberry32(traffic.seed);
  const history = new SeenHistory(longestWindow(watch.windowSeconds));
  const elsewhere = new SeenHistory(longestWindow(watch.windowSeconds));
  for (let report = 0; report < traffic.seconds * reportsPerSecond; report++) {
    const at = report / reportsPerSecond;
    const second = Math.floor(at);
    const requests = Math.round(traffic.requestsPerSecond(second) / reportsPerSecond);
    const ofService = binomial(random, requests, traffic.share);
    const service = { requests: ofService, bad: binomial(random, ofService, traffic.service(at)) };
    const ofMonolith = requests - ofService;
    const monolith = { requests: ofMonolith, bad: binomial(random, ofMonolith, traffic.monolith(at)) };
    history.add(second, { service, monolith });
    if (traffic.elsewhere) {
      const there = { requests: 100, bad: binomial(random, 100, traffic.elsewhere(at)) };
      elsewhere.add(second, { service: nothingSeen, monolith: there });
    }
    // As the guard does: where nothing bad came, nothing speaks louder than before.
    if (service.bad > 0 && findBad(history, elsewhere, second, watch)) return at;
  }
  return undefined;
}

/** Numbers from 0 to 1 that are the same for the same seed (T. Ettinger's mulberry32, public domain). */
export function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** How many of `n` come true, each with probability `p`: by the gaps between them, which for a small `p` are few. */
export function binomial(random: () => number, n: number, p: number): number {
  if (p <= 0) return 0;
  if (p >= 1) return n;
  if (p > 0.5) return n - binomial(random, n, 1 - p);
  const perGap = Math.log(1 - p);
  let count = 0;
  for (let at = gap(random, perGap); at < n; at += 1 + gap(random, perGap)) count++;
  return count;
}

function gap(random: () => number, perGap: number): number {
  return Math.floor(Math.log(1 - random()) / perGap);
}
