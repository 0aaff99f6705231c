/** What the pairs whose request the monolith answered twice show of one signature. */
export interface AskedTwice {
  /** Pairs of the route for which both comparisons could be made. */
  readonly pairs: number;
  /** Showed it both against the service and between the monolith's two answers. */
  readonly both: number;
  readonly serviceOnly: number;
  readonly monolithOnly: number;
}

/** `unknown`: too little is known to call it noise, or that is not so; it is then treated as none. */
export type NoiseFinding = 'noise' | 'exceeds' | 'unknown';

/** Pairs asked twice, and among them pairs in which the monolith differs from itself, before anything is noise. */
export const minAskedTwice = 30;
export const minOwn = 5;

/** One-sided 97.5 %: the percentile of the normal distribution. */
const z = 1.959964;
/** Chance of ever taking a noise signature back wrongly, however often it is looked at: 1 in 1,000. */
const excessOdds = 1_000;

/**
 * Whether the monolith's differences from itself explain a signature. Both comparisons are about the same
 * requests and share an answer, so the data are paired (Q. McNemar, "Note on the sampling error of the
 * difference between correlated proportions", Psychometrika 12, 1947): what tells the rates apart are the pairs
 * that show it in one comparison only.
 *
 * Noise is claimed when the service's rate is shown to be under twice the monolith's own, by the score test for a
 * ratio of paired proportions at 97.5 % (J. Nam, W. C. Blackwelder, "Analysis of the ratio of marginal
 * probabilities in a matched-pair setting", Statistics in Medicine 21, 2002; its variance is the one under the
 * hypothesis, so that it also works where no pair tells the rates apart).
 *
 * It is noise no more once the service's rate is shown to be higher than the monolith's own: see `exceeds`.
 */
export function judgeNoise(seen: AskedTwice): NoiseFinding {
  if (exceeds(seen)) return 'exceeds';
  const own = seen.both + seen.monolithOnly;
  if (seen.pairs < minAskedTwice || own < minOwn) return 'unknown';
  return isUnderTwice(seen) ? 'noise' : 'unknown';
}

/**
 * Whether the service shows it more often than the monolith with itself. A gate looks at this twice a second for
 * weeks, and a test made for one look would find an excess sooner or later in anything. So: the discordant
 * pairs as a fair coin, against a coin of unknown bias, uniform from 0 to 1. The ratio of the two likelihoods,
 * 2^m / ((m + 1)·C(m, b)), is a martingale that ever reaches 1,000 with a chance of at most 1 in 1,000 (J. Ville,
 * 1939; H. Robbins, "Statistical methods related to the law of the iterated logarithm", Annals of Mathematical
 * Statistics 41, 1970). With the service alone in all of them, 14 discordant pairs are enough.
 */
export function exceeds(
  { serviceOnly, monolithOnly }: Pick<AskedTwice, 'serviceOnly' | 'monolithOnly'>,
  odds = excessOdds,
): boolean {
  if (serviceOnly <= monolithOnly) return false;
  const discordant = serviceOnly + monolithOnly;
  const logRatio =
    discordant * Math.LN2 +
    logFactorial(serviceOnly) +
    logFactorial(monolithOnly) -
    logFactorial(discordant + 1);
  return logRatio >= Math.log(odds);
}

/**
 * The score test for a ratio of 2. With shares a, b, c of pairs (both, service only, monolith only) the hypothesis
 * is a + b = 2·(a + c); under it the likeliest c is a root of a quadratic, and the variance of b − a − 2c follows.
 */
function isUnderTwice({ both: a, serviceOnly: b, monolithOnly: c }: AskedTwice): boolean {
  const slope = 3 * a - b + 2 * c;
  const likeliest = (Math.sqrt(slope ** 2 + 12 * c * (a + b + c)) - slope) / 6;
  return (b - a - 2 * c) / Math.sqrt(a + b + c + 3 * likeliest) <= -z;
}

/** ln(n!), exact to 12 digits: a sum for small n, Stirling's series above. */
function logFactorial(n: number): number {
  if (n < 20) {
    let log = 0;
    for (let i = 2; i <= n; i++) log += Math.log(i);
    return log;
  }
  return (n + 0.5) * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * n) - 1 / (360 * n ** 3);
}
