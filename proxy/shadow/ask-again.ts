import { isWithinShare } from '../routing/bucket.ts';
import type { Clock } from '../telemetry/clock.ts';
import type { ShadowJob } from './shadow-job.ts';

/**
 * Which requests the monolith is asked once more, after its first answer, to see how far it agrees with itself.
 * By the request's id, as all sampling is, and within a budget a migration for each process: the monolith has
 * the client's request and this one, and never more than a few of these a second.
 */
export class AskAgain {
  readonly #clock: Clock;
  readonly #budgets = new Map<string, { tokens: number; at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes one from the budget when true. */
  mayAsk({ again, migration, requestId }: ShadowJob): boolean {
    const { noise } = migration.shadow;
    if (!again || !noise || noise.maxPerSecond <= 0) return false;
    if (!isWithinShare(noise.share, `${migration.id}.noise`, requestId)) return false;
    return this.#spend(migration.id, noise.maxPerSecond);
  }

  #spend(migration: string, perSecond: number): boolean {
    const now = this.#clock.monotonic();
    const budget = this.#budgets.get(migration) ?? { tokens: perSecond, at: now };
    budget.tokens = Math.min(perSecond, budget.tokens + ((now - budget.at) * perSecond) / 1000);
    budget.at = now;
    this.#budgets.set(migration, budget);
    if (budget.tokens < 1) return false;
    budget.tokens--;
    return true;
  }
}
