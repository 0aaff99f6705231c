/** Requests that a client may break off at once. */
const BURST = 200;
/** How many more it may break off each second after that. */
const PER_SECOND = 20;

/**
 * How many requests one connection may begin only to break them off. Each costs the upstream a connection and
 * the client next to nothing, and none counts as open (CVE-2023-44487, and CVE-2025-8671 where the client
 * makes the server do it). Times are monotonic ms.
 */
export class ResetBudget {
  #left = BURST;
  #at: number;

  constructor(now: number) {
    this.#at = now;
  }

  /** Takes one, if there is one left. */
  spend(now: number): boolean {
    this.#left = Math.min(BURST, this.#left + ((now - this.#at) / 1000) * PER_SECOND);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
