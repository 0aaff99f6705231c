export interface LockOutRules {
  readonly maxFailures: number;
  readonly windowMs: number;
  /** How long nobody is let in from there. */
  readonly lockMs: number;
  readonly maxAddresses: number;
}

const defaultRules: LockOutRules = {
  maxFailures: 10,
  windowMs: 60_000,
  lockMs: 60_000,
  maxAddresses: 10_000,
};

interface Failures {
  count: number;
  since: number;
  lockedUntil: number;
}

/** Failed logins by the address they come from; after too many in a short while no more are looked at. */
export class LockOut {
  readonly #rules: LockOutRules;
  readonly #now: () => number;
  readonly #failures = new Map<string, Failures>();

  /** `now`: monotonic ms. */
  constructor(now: () => number, rules: LockOutRules = defaultRules) {
    this.#now = now;
    this.#rules = rules;
  }

  /** For how many ms logins from there are still refused; 0: they are taken. */
  lockedForMs(address: string): number {
    const known = this.#failures.get(address);
    return known ? Math.max(0, known.lockedUntil - this.#now()) : 0;
  }

  /** True when this failure is the one that locks. */
  failed(address: string): boolean {
    const now = this.#now();
    const { maxFailures, windowMs, lockMs, maxAddresses } = this.#rules;
    const known = this.#failures.get(address);
    const fresh = !known || now - known.since > windowMs;
    const next = fresh ? { count: 1, since: now, lockedUntil: 0 } : { ...known, count: known.count + 1 };
    const locks = next.count >= maxFailures;
    // Counted anew after the lock: whoever keeps guessing is locked again after as many.
    this.#failures.delete(address);
    this.#failures.set(address, locks ? { count: 0, since: now, lockedUntil: now + lockMs } : next);
    if (this.#failures.size > maxAddresses) this.#failures.delete(this.#failures.keys().next().value!);
    return locks;
  }

  succeeded(address: string): void {
    this.#failures.delete(address);
  }
}
