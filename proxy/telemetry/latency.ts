/**
 * Latencies as counts in logarithmic buckets, 16 to each doubling: bucket 0 has everything up to 1/16 ms,
 * bucket b > 0 has what is over 2^((b − 1) / 16 − 4) ms and at most 2^(b / 16 − 4) ms, the last one has
 * everything over 2^17 ms (about 131 s). A percentile is read as the geometric middle of its bucket, which
 * is off by at most 2.2 %: two of them are compared by a ratio such as 1.2. The layout is stored; one that
 * changes must not be added to one that is kept.
 */
const bucketsPerDoubling = 16;
const smallestExponent = -4;
const largestExponent = 17;

export const latencyBuckets = (largestExponent - smallestExponent) * bucketsPerDoubling + 2;

export function latencyBucket(latencyMs: number): number {
  if (!(latencyMs > 2 ** smallestExponent)) return 0;
  const bucket = Math.ceil((Math.log2(latencyMs) - smallestExponent) * bucketsPerDoubling);
  return Math.min(bucket, latencyBuckets - 1);
}

/** Upper bound of a bucket in ms. */
export function latencyBucketBound(bucket: number): number {
  return 2 ** (bucket / bucketsPerDoubling + smallestExponent);
}

/** The latency in ms under which `part` (0 to 1) of what is counted lies; 0 when nothing is. */
export function latencyPercentile(counts: readonly number[], part: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return 0;
  const wanted = Math.max(1, Math.ceil(total * part));
  let seen = 0;
  const bucket = counts.findIndex((count) => {
    seen += count;
    return seen >= wanted;
  });
  return 2 ** ((bucket - 0.5) / bucketsPerDoubling + smallestExponent);
}

/** Bucket by bucket; the shorter one counts as padded with zeros. */
export function addLatencies(a: readonly number[], b: readonly number[]): number[] {
  const [longer, shorter] = a.length < b.length ? [b, a] : [a, b];
  const sum = [...longer];
  for (let bucket = 0; bucket < shorter.length; bucket++) sum[bucket]! += shorter[bucket]!;
  return sum;
}
