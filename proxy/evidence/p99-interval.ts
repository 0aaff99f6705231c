import { latencyBucketBound, latencyBuckets } from '../telemetry/latency.ts';

/** In ms; `high` is infinite where too little was counted to bound it. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

const part = 0.99;
/** Two-sided 97.5 % for each side, so that what follows from both holds at 95 % whatever they have in common. */
const tail = 0.0125;
const z = 2.241403;
/** From here on the normal distribution is as good, and much faster. */
const exactUpTo = 100_000;

/**
 * Where the p99 of what is counted in latency buckets lies, at 97.5 %, whatever the distribution: between the two
 * order statistics whose ranks the binomial distribution gives (H. A. David, H. N. Nagaraja, "Order Statistics",
 * 3rd edition, section 7.1), each rounded outward to the bound of its bucket.
 */
export function p99Interval(counts: readonly number[]): Interval {
  const total = Math.floor(counts.reduce((sum, count) => sum + count, 0));
  const { above, below } = ranks(total);
  return {
    low: below === undefined ? 0 : lowerBound(bucketOfRank(counts, total - below)),
    high: above === undefined ? Number.POSITIVE_INFINITY : upperBound(bucketOfRank(counts, total - above)),
  };
}

/**
 * The ratio of two p99s at 95 %: each side at 97.5 %, joined by Bonferroni's inequality. The two sides answered the
 * same requests, so their latencies rise and fall together; the inequality asks nothing about that.
 */
export function ratioInterval(service: Interval, monolith: Interval): Interval {
  return { low: service.low / monolith.high, high: service.high / monolith.low };
}

/** What the p99 is, as far as its bucket tells: the middle is no more likely than its ends. */
export function p99Bucket(counts: readonly number[]): Interval {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const bucket = bucketOfRank(counts, Math.max(1, Math.ceil(total * part)));
  return { low: lowerBound(bucket), high: upperBound(bucket) };
}

/**
 * How many of `total` latencies may be over the interval's upper end (`above`) and over its lower end (`below`);
 * undefined where there are too few for such an end. Those over the true p99 are binomial with a chance of 1 %.
 */
function ranks(total: number): { readonly above: number | undefined; readonly below: number | undefined } {
  const chance = 1 - part;
  if (total > exactUpTo) {
    const mean = total * chance;
    const spread = z * Math.sqrt(mean * part);
    return { above: Math.floor(mean - spread) - 1, below: Math.ceil(mean + spread) + 1 };
  }
  let above: number | undefined;
  let logTerm = total * Math.log(part);
  let sum = 0;
  for (let over = 0; over <= total; over++) {
    sum += Math.exp(logTerm);
    if (sum <= tail) above = over;
    if (1 - sum <= tail) return { above, below: over < total ? over : undefined };
    logTerm += Math.log((total - over) / (over + 1)) + Math.log(chance / part);
  }
  return { above, below: undefined };
}

/** The bucket of the rank-th smallest latency, from 1 on. */
function bucketOfRank(counts: readonly number[], rank: number): number {
  let seen = 0;
  const bucket = counts.findIndex((count) => {
    seen += count;
    return seen >= rank;
  });
  return bucket < 0 ? latencyBuckets - 1 : bucket;
}

function lowerBound(bucket: number): number {
  return bucket === 0 ? 0 : latencyBucketBound(bucket - 1);
}

function upperBound(bucket: number): number {
  return bucket >= latencyBuckets - 1 ? Number.POSITIVE_INFINITY : latencyBucketBound(bucket);
}
