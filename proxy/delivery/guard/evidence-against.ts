import { type BothSeen, badPart, type SideSeen } from './window.ts';

/** When a service counts as bad: both have to be so. */
export interface Limits {
  /** Part of its answers that may be bad whatever the monolith does, 0 to 1. */
  readonly rate: number;
  /** How many times the monolith's own rate it may have. */
  readonly timesMonolith: number;
}

/** What the monolith's rate is known to be from before, and what all of its answers elsewhere show now. */
export interface Reference {
  /** Whether the monolith answers any of this migration's requests at all, in this window or in a longer one. */
  readonly hasPart: boolean;
  /** Of this migration, before the stretch of time that is judged. */
  readonly before: SideSeen;
  /** Of every path that the monolith answers, over the same time. */
  readonly elsewhere: SideSeen;
}

/** Rates and ratios of rates that a bad service may have, by how far they are over what is allowed. */
const excesses = [1.5, 2.5, 5, 12, 40, 400] as const;
/** A rate is never taken for certain: one good answer would be proof against it. */
const HIGHEST_RATE = 0.98;

/** Fewer of the monolith's own answers say too little of its rate. */
const MIN_BEFORE = 100;
const MIN_ELSEWHERE = 20;
/** From so much less than the service on, the monolith's part is too small to be compared with directly. */
const THIN = 1 / 4;

/**
 * The natural logarithm of an e-value (a likelihood ratio, which under a healthy service is 1 on average) against
 * the hypothesis that over this time the service's rate was at most `rate`, or at most `timesMonolith` times
 * the monolith's. It is the smaller of two, since either is enough to be healthy:
 *
 * - against `rate`: the binomial likelihood of a grid of higher rates, averaged;
 * - against the monolith: of all bad answers, the service's are at most so many as its requests, weighted
 *   with `timesMonolith`, are of all requests. Given their sum, Poisson counts are binomial (J. Przyborowski,
 *   H. Wilenski, "Homogeneity of results in testing samples from Poisson series", Biometrika 31, 1940), and a
 *   monolith that fails likewise adds to the other side of it. The same grid of excesses, averaged.
 *
 * Where the monolith has hardly a part, its rate is taken as known: the highest of what it was before, what it is now,
 * and what the monolith shows on other paths.
 *
 * What can't reach `least` is -Infinity: nearly all that a healthy service ever shows, and cheap to see.
 */
export function evidenceAgainst(
  seen: BothSeen,
  limits: Limits,
  reference: Reference,
  least = Number.NEGATIVE_INFINITY,
): number {
  const { service } = seen;
  if (mostOf(seen, limits) < least) return Number.NEGATIVE_INFINITY;
  const absolute = overRate(service, limits.rate);
  if (absolute <= 0) return absolute;
  return Math.min(absolute, overMonolith(seen, limits, reference));
}

/** No evidence is larger than that for the rate that was seen (the likelihood's maximum). */
function mostOf({ service, monolith }: BothSeen, { rate, timesMonolith }: Limits): number {
  const absolute = likeliest(service.requests, service.bad, Math.max(rate, 1e-6));
  if (isThin(service, monolith)) return absolute;
  const share = shareOf(service, monolith, timesMonolith);
  return Math.min(absolute, likeliest(service.bad + monolith.bad, service.bad, share));
}

function likeliest(n: number, bad: number, rate: number): number {
  const part = (count: number, of: number) => (count === 0 ? 0 : count * Math.log(count / (n * of)));
  return part(bad, rate) + part(n - bad, 1 - rate);
}

function isThin(service: SideSeen, monolith: SideSeen): boolean {
  return monolith.requests < service.requests * THIN;
}

/** The part of all bad answers that would be the service's, were it just as bad as the monolith allows. */
function shareOf(service: SideSeen, monolith: SideSeen, times: number): number {
  const weighted = service.requests * times;
  return weighted / (weighted + monolith.requests);
}

function overMonolith({ service, monolith }: BothSeen, limits: Limits, reference: Reference): number {
  if (!isThin(service, monolith)) return overShare(service, monolith, limits.timesMonolith);
  const known = monolithRate(monolith, reference);
  return overRate(service, Math.max(limits.rate, known * limits.timesMonolith));
}

/** What the monolith's rate is taken to be where its part is too small for a comparison of its own. */
export function monolithRate(now: SideSeen, { hasPart, before, elsewhere }: Reference): number {
  const was = before.requests >= MIN_BEFORE ? badPart(before) : 0;
  // As bad as it may well be: a few good answers don't show that it is well. Three for none, and two deviations.
  const is = hasPart ? (now.bad + 3 + 2 * Math.sqrt(now.bad)) / (now.requests + 3) : 0;
  const there = elsewhere.requests >= MIN_ELSEWHERE ? badPart(elsewhere) : 0;
  return Math.max(was, is, there);
}

function overRate({ requests, bad }: SideSeen, rate: number): number {
  if (rate >= HIGHEST_RATE) return 0;
  // Nothing is allowed at all: a rate has to be a number over 0 to be multiplied.
  const allowed = Math.max(rate, 1e-6);
  return logMean(excesses, (excess) => {
    const asIf = Math.min(HIGHEST_RATE, allowed * excess);
    return bad * Math.log(asIf / allowed) + (requests - bad) * Math.log((1 - asIf) / (1 - allowed));
  });
}

function overShare(service: SideSeen, monolith: SideSeen, times: number): number {
  const weighted = service.requests * times;
  const share = shareOf(service, monolith, times);
  return logMean(excesses, (excess) => {
    const asIf = (weighted * excess) / (weighted * excess + monolith.requests);
    return service.bad * Math.log(asIf / share) + monolith.bad * Math.log((1 - asIf) / (1 - share));
  });
}

/** ln of the average of e^f(x): without leaving what a double can hold. */
function logMean(xs: readonly number[], f: (x: number) => number): number {
  const logs = xs.map(f);
  return logSum(logs) - Math.log(xs.length);
}

/** ln of the sum of e^x. */
export function logSum(logs: readonly number[]): number {
  const largest = Math.max(...logs);
  if (largest === Number.NEGATIVE_INFINITY) return largest;
  return largest + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - largest), 0));
}
