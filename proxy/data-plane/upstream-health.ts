import type { Upstream } from '../routing/model.ts';
import type { FailureCode } from './failures.ts';
import { RetryBudget } from './retry-budget.ts';
import { type BreakerState, UpstreamBreaker } from './upstream-breaker.ts';

/** What was kept from one upstream since the last report, and how it stands. Plain data. */
export interface UpstreamReport {
  /** Of the breaker. */
  readonly state: BreakerState;
  readonly transitions: Readonly<Record<BreakerState, number>>;
  readonly refused: Readonly<Record<Refusal, number>>;
  readonly retries: number;
}

/** `open`: by the breaker; `retry`: over the budget; `fallback`: no room at the monolith. */
export type Refusal = 'open' | 'busy' | 'retry' | 'fallback';

export type OnBreaker = (upstream: Upstream, state: BreakerState) => void;

/** The breaker, the retry budget and the counts of one upstream. */
export class UpstreamHealth {
  readonly #breaker: UpstreamBreaker | undefined;
  readonly #countsAll: boolean;
  readonly #budget: RetryBudget;
  #transitions = noTransitions();
  #refused = noRefusals();
  #retries = 0;

  constructor(upstream: Upstream, now: number, onBreaker: OnBreaker = () => {}) {
    this.#budget = new RetryBudget(now);
    this.#countsAll = upstream.breaker?.counts === 'any';
    this.#breaker =
      upstream.breaker &&
      new UpstreamBreaker(upstream.breaker, (state) => {
        this.#transitions[state]++;
        onBreaker(upstream, state);
      });
  }

  /** Whether a request may be sent. */
  admits(now: () => number): boolean {
    this.#budget.request();
    if (this.#breaker === undefined || this.#breaker.admits(now)) return true;
    this.#refused.open++;
    return false;
  }

  get isOpen(): boolean {
    return this.#breaker !== undefined && this.#breaker.state !== 'closed';
  }

  refused(why: Refusal): void {
    this.#refused[why]++;
  }

  spendRetry(now: number): boolean {
    if (this.#budget.spend(now)) {
      this.#retries++;
      return true;
    }
    this.#refused.retry++;
    return false;
  }

  answered(): void {
    this.#breaker?.answered();
  }

  /** `alone`: nothing else is connected. */
  connectFailed(now: number, alone: boolean): void {
    if (this.#countsAll || alone) this.#breaker?.failed(now);
  }

  /** An exchange that had begun ended without a whole answer. */
  exchangeFailed(code: FailureCode, now: number): void {
    if (this.#countsAll && faults.has(code)) this.#breaker?.failed(now);
  }

  take(): UpstreamReport {
    const report = {
      state: this.#breaker?.state ?? 'closed',
      transitions: this.#transitions,
      refused: this.#refused,
      retries: this.#retries,
    };
    this.#transitions = noTransitions();
    this.#refused = noRefusals();
    this.#retries = 0;
    return report;
  }
}

/** What an upstream does wrong once it is connected; what clients do is not among it. */
const faults: ReadonlySet<FailureCode> = new Set(['upstream_closed', 'upstream_invalid', 'upstream_timeout']);

function noTransitions(): Record<BreakerState, number> {
  return { closed: 0, open: 0, 'half-open': 0 };
}

function noRefusals(): Record<Refusal, number> {
  return { open: 0, busy: 0, retry: 0, fallback: 0 };
}
