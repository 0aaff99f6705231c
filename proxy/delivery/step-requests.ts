import type { Logger } from 'pino';
import type { StepRequestsRow, StepRequestsStore } from '../store/step-requests.ts';
import type { Clock } from '../telemetry/clock.ts';
import type { MigrationStates } from './migration-states.ts';

export interface StepRequestsDeps {
  readonly states: Pick<MigrationStates, 'get' | 'countRequests' | 'setRequests'>;
  readonly migrations: () => readonly { readonly id: string }[];
  readonly store: StepRequestsStore & { available(): boolean };
  readonly clock: Clock;
  readonly log: Logger;
  readonly everyMs?: number;
}

/**
 * Counts what the service answered since its share was granted, over all replicas: `canary.minRequests` asks for so many
 * in all, however they are spread. While Postgres is away each goes by its own, so that a step waits longer and never
 * less.
 */
export class StepRequests {
  readonly #deps: StepRequestsDeps;
  /** Not in the store yet, by migration. */
  readonly #own = new Map<string, { grantedAt: string; requests: number }>();
  readonly #timer: NodeJS.Timeout;
  #adding: Promise<void> = Promise.resolve();

  constructor(deps: StepRequestsDeps) {
    this.#deps = deps;
    this.#timer = setInterval(() => void this.share(), deps.everyMs ?? 1000);
    this.#timer.unref();
  }

  count(migration: string, requests: number): void {
    const { states, clock } = this.#deps;
    const now = new Date(clock.now()).toISOString();
    const { grantedAt } = states.get(migration, now);
    states.countRequests(migration, requests, now);
    const own = this.#own.get(migration);
    if (own?.grantedAt === grantedAt) own.requests += requests;
    else this.#own.set(migration, { grantedAt, requests });
  }

  /** Tells the others, and takes what they have told; done by itself every second. Never rejects. */
  share(): Promise<void> {
    this.#adding = this.#adding.then(() => this.#share());
    return this.#adding;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.share();
  }

  async #share(): Promise<void> {
    const { states, migrations, store, clock, log } = this.#deps;
    if (!store.available()) return;
    const now = new Date(clock.now()).toISOString();
    const rows = migrations().flatMap(({ id }): StepRequestsRow[] => {
      const { granted, grantedAt } = states.get(id, now);
      if (granted <= 0) return [];
      const own = this.#own.get(id);
      return [{ migration: id, grantedAt, requests: own?.grantedAt === grantedAt ? own.requests : 0 }];
    });
    if (rows.length === 0) return;
    try {
      const added = await store.add(rows);
      for (const { migration, requests } of rows) {
        const own = this.#own.get(migration);
        if (own) own.requests = Math.max(0, own.requests - requests);
      }
      for (const { migration, grantedAt, requests } of added) {
        const own = this.#own.get(migration);
        const notYetTold = own?.grantedAt === grantedAt ? own.requests : 0;
        states.setRequests(migration, grantedAt, requests + notYetTold);
      }
    } catch (error) {
      log.warn({ err: error }, 'requests of steps are counted by this replica alone');
    }
  }
}
