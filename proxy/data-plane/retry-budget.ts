/** Second tries that are always possible, a second, so that a quiet upstream has some as well. */
const RETRIES_PER_SECOND = 10;
/** Second tries for each request beyond those. */
const RETRY_SHARE = 0.2;
const WINDOW_MS = 10_000;

/**
 * How many second tries an upstream can be asked: 20 % of its requests and 10 a second, over a sliding
 * window of ten seconds. Without it an upstream that drops every connection gets all requests twice, just
 * when it can bear them least. Times are monotonic ms.
 */
export class RetryBudget {
  #windowStart: number;
  #requests = 0;
  #retries = 0;
  #requestsBefore = 0;
  #retriesBefore = 0;

  constructor(now: number) {
    this.#windowStart = now;
  }

  /** A first try. */
  request(): void {
    this.#requests++;
  }

  /** Takes one second try, if there is one left. */
  spend(now: number): boolean {
    this.#slide(now);
    const before = 1 - (now - this.#windowStart) / WINDOW_MS;
    const allowed =
      (this.#requests + before * this.#requestsBefore) * RETRY_SHARE +
      (RETRIES_PER_SECOND * WINDOW_MS) / 1000;
    if (this.#retries + before * this.#retriesBefore + 1 > allowed) return false;
    this.#retries++;
    return true;
  }

  /** The window before this one is what was seen in it; of a longer silence, its average. */
  #slide(now: number): void {
    const elapsed = now - this.#windowStart;
    if (elapsed < WINDOW_MS) return;
    const windows = Math.floor(elapsed / WINDOW_MS);
    this.#requestsBefore = this.#requests / windows;
    this.#retriesBefore = windows === 1 ? this.#retries : 0;
    this.#requests = 0;
    this.#retries = 0;
    this.#windowStart += windows * WINDOW_MS;
  }
}
