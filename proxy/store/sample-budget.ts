import type { Clock } from '../telemetry/clock.ts';

export interface SampleBudget {
  /** Whether a pair that is a sample of all these is worth keeping; takes one from each when it is. */
  take(samples: readonly string[]): boolean;
  /** It was not kept after all. */
  giveBack(samples: readonly string[]): void;
}

/** Signatures that are remembered; beyond it those that have their whole budget again go first. */
const maxRemembered = 20_000;
const hourMs = 3_600_000;

interface Bucket {
  left: number;
  atMs: number;
}

/** A token bucket for each signature: `perHour` at once, and as many again in an hour. */
export function createSampleBudget({
  perHour,
  clock,
}: {
  readonly perHour: number;
  readonly clock: Pick<Clock, 'monotonic'>;
}): SampleBudget {
  const buckets = new Map<string, Bucket>();

  return {
    take(samples) {
      const all = samples.map(bucketOf);
      if (!all.some(({ left }) => left >= 1)) return false;
      for (const bucket of all) bucket.left = Math.max(0, bucket.left - 1);
      return true;
    },
    giveBack(samples) {
      for (const bucket of samples.map(bucketOf)) bucket.left = Math.min(perHour, bucket.left + 1);
    },
  };

  function bucketOf(sample: string): Bucket {
    const nowMs = clock.monotonic();
    let bucket = buckets.get(sample);
    if (!bucket) {
      makeRoom(nowMs);
      bucket = { left: perHour, atMs: nowMs };
      buckets.set(sample, bucket);
    }
    bucket.left = Math.min(perHour, bucket.left + ((nowMs - bucket.atMs) / hourMs) * perHour);
    bucket.atMs = nowMs;
    return bucket;
  }

  function makeRoom(nowMs: number): void {
    if (buckets.size < maxRemembered) return;
    for (const [sample, { atMs }] of buckets) if (nowMs - atMs >= hourMs) buckets.delete(sample);
    // The oldest tenth: whoever makes up signatures by the thousand gets more samples, not more memory.
    let extra = buckets.size - 0.9 * maxRemembered;
    for (const sample of buckets.keys()) {
      if (extra-- <= 0) break;
      buckets.delete(sample);
    }
  }
}
