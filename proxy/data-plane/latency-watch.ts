import { latencyBucket, latencyBuckets, latencyPercentile } from '../telemetry/latency.ts';

const WINDOW_MS = 1000;
/** What counts as usual is the quietest of so many windows: after that, slower is the new usual. */
const REMEMBERED_WINDOWS = 60;
/** Fewer answers say nothing. */
const MIN_ANSWERS = 20;
const SLOW_TIMES = 3;
const SLOW_EXTRA_MS = 50;
/** Of the copies: halved for each slow window, and so much more for each that is not. */
const STEP = 0.1;
const MIN_SHARE = 0.01;

/**
 * How an upstream's answers have become slower, and what share of copies it still gets: halved for each second
 * in which the median was three times the usual and 50 ms more, given back a tenth a second. The median, since
 * a few clients that read slowly must not look like a slow upstream. Times are monotonic ms, handed in.
 */
export class LatencyWatch {
  #counts = new Array<number>(latencyBuckets).fill(0);
  #answers = 0;
  #windowAt = 0;
  #medians: number[] = [];
  #share = 1;

  add(durationMs: number, now: number): void {
    if (now - this.#windowAt >= WINDOW_MS) this.#roll(now);
    this.#counts[latencyBucket(durationMs)]!++;
    this.#answers++;
  }

  /** Part of the copies that may go there, 0 to 1. */
  shareOfCopies(now: number): number {
    if (this.#share < 1 && now - this.#windowAt >= WINDOW_MS) this.#roll(now);
    return this.#share;
  }

  get isUsual(): boolean {
    return this.#share === 1;
  }

  #roll(now: number): void {
    const isSlow = this.#answers >= MIN_ANSWERS && this.#isSlow(latencyPercentile(this.#counts, 0.5));
    this.#share = isSlow ? Math.max(MIN_SHARE, this.#share / 2) : Math.min(1, this.#share + STEP);
    this.#counts.fill(0);
    this.#answers = 0;
    this.#windowAt = now;
  }

  #isSlow(median: number): boolean {
    const usual = this.#medians.length === 0 ? median : Math.min(...this.#medians);
    this.#medians.push(median);
    if (this.#medians.length > REMEMBERED_WINDOWS) this.#medians.shift();
    return median > usual * SLOW_TIMES + SLOW_EXTRA_MS;
  }
}
