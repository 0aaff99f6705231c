import { latencyBucket, latencyBuckets, latencyPercentile } from '../telemetry/latency.ts';

/** What was seen of one method on one path or template. Sparse: most paths have few latencies. */
export class RouteCounts {
  requests = 0;
  /** Without 4xx: a route that only ever refused is none. */
  answered = 0;
  /** 5xx: the monolith's own failures. */
  failed = 0;
  #latencies = new Map<number, number>();

  add(status: number, durationMs: number | undefined): void {
    this.requests++;
    if (status < 400 || status >= 500) this.answered++;
    if (status >= 500) this.failed++;
    if (durationMs === undefined) return;
    const bucket = latencyBucket(durationMs);
    this.#latencies.set(bucket, (this.#latencies.get(bucket) ?? 0) + 1);
  }

  merge(other: RouteCounts): void {
    this.requests += other.requests;
    this.answered += other.answered;
    this.failed += other.failed;
    for (const [bucket, count] of other.#latencies) {
      this.#latencies.set(bucket, (this.#latencies.get(bucket) ?? 0) + count);
    }
  }

  /** Undefined when the log has no durations. */
  percentileMs(part: number): number | undefined {
    if (this.#latencies.size === 0) return undefined;
    const counts = new Array<number>(latencyBuckets).fill(0);
    for (const [bucket, count] of this.#latencies) counts[bucket] = count;
    return latencyPercentile(counts, part);
  }
}
