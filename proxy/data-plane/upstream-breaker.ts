import type { BreakerRules } from '../routing/model.ts';

export type BreakerState = 'closed' | 'open' | 'half-open';

/** Told of every change, with the state that it is in now. */
export type OnTransition = (state: BreakerState) => void;

/**
 * Whether an upstream is worth asking. Consecutive failures within a window open it; after a rest one
 * request at a time is let through to see; an answer closes it. Times are monotonic ms, handed in: the
 * calls on the path of every request compare two fields and make nothing.
 */
export class UpstreamBreaker {
  readonly #rules: BreakerRules;
  readonly #onTransition: OnTransition;
  #state: BreakerState = 'closed';
  #failures = 0;
  /** When the first of the failures in a row was. */
  #firstAt = 0;
  /** When it opened, or let the last probe through. */
  #since = 0;

  constructor(rules: BreakerRules, onTransition: OnTransition) {
    this.#rules = rules;
    this.#onTransition = onTransition;
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** Whether a request may be sent. In half-open the one that may is the probe. */
  admits(now: () => number): boolean {
    return this.#state === 'closed' || this.#letsProbeThrough(now());
  }

  /** How long until the next one is let through, in ms. */
  waitMs(now: number): number {
    return Math.max(0, this.#since + this.#rules.openMs - now);
  }

  /** The upstream answered, no matter what. */
  answered(): void {
    if (this.#failures === 0) return;
    // While it rests, answers belong to requests from before; where only connects count they prove it wrong.
    if (this.#state === 'open' && this.#rules.counts === 'any') return;
    this.#failures = 0;
    this.#enter('closed');
  }

  failed(now: number): void {
    if (this.#state === 'open') return;
    if (this.#state === 'half-open') {
      this.#since = now;
      this.#enter('open');
      return;
    }
    if (this.#failures === 0 || now - this.#firstAt > this.#rules.windowMs) {
      this.#failures = 0;
      this.#firstAt = now;
    }
    if (++this.#failures < this.#rules.failures) return;
    this.#since = now;
    this.#enter('open');
  }

  /** A probe of which nothing was heard for as long as the rest lasts makes room for the next. */
  #letsProbeThrough(now: number): boolean {
    if (now - this.#since < this.#rules.openMs) return false;
    this.#since = now;
    this.#enter('half-open');
    return true;
  }

  #enter(state: BreakerState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#onTransition(state);
  }
}
