import type { Clock } from '../telemetry/clock.ts';

export interface HashLimits {
  /** Answers hashed at once, in one process. */
  readonly maxAtOnce: number;
  /** Of one answer; a longer one is given up as too large. */
  readonly maxBytes: number;
  /** Of all of them; what comes faster waits where it can, and is given up where a client must not wait. */
  readonly bytesPerSecond: number;
}

export const defaultHashLimits: HashLimits = {
  maxAtOnce: 4,
  maxBytes: 256 * 1024 * 1024,
  bytesPerSecond: 128 * 1024 * 1024,
};

/** What hashing large answers may cost a process that has clients to serve. */
export class HashBudget {
  readonly limits: HashLimits;
  readonly #clock: Clock;
  #atOnce = 0;
  /** Bytes that may be hashed now: a second's worth at most, below zero while they are owed. */
  #bytes: number;
  #at: number;

  constructor(clock: Clock, limits: HashLimits = defaultHashLimits) {
    this.#clock = clock;
    this.limits = limits;
    this.#bytes = limits.bytesPerSecond;
    this.#at = clock.monotonic();
  }

  /** Takes one of the places; false when all are taken. */
  begin(): boolean {
    if (this.#atOnce >= this.limits.maxAtOnce) return false;
    this.#atOnce++;
    return true;
  }

  end(): void {
    this.#atOnce--;
  }

  /** Takes bytes that are hashed now; returns for how many ms no more should be. */
  spend(bytes: number): number {
    const { bytesPerSecond } = this.limits;
    const now = this.#clock.monotonic();
    const gained = ((now - this.#at) * bytesPerSecond) / 1000;
    this.#bytes = Math.min(bytesPerSecond, this.#bytes + gained) - bytes;
    this.#at = now;
    return this.#bytes >= 0 ? 0 : Math.ceil((-this.#bytes * 1000) / bytesPerSecond);
  }
}
