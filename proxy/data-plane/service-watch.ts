import type { AnsweredBy } from './traffic-counts.ts';

/** So many failures in a row of the service, within so long, and nothing but failures: no healthy one does that. */
const FAILURES = 20;
const WITHIN_MS = 10_000;
/** The monolith's last answers, on whatever path; with half of them failures it would be no way out. */
const REMEMBERED = 20;

/** Called once for each run of failures. */
export type OnServiceFailing = (migration: string, failures: number, withinMs: number) => void;

/**
 * Sees a service fail that answers nothing else any more, in one worker, without waiting for anybody. What is
 * rarer than that takes counts of all workers, and is left to the guard.
 */
export class ServiceWatch {
  readonly #onFailing: OnServiceFailing;
  readonly #runs = new Map<string, { failures: number; since: number }>();
  readonly #monolith = new Array<boolean>(REMEMBERED).fill(false);
  #next = 0;
  #monolithFailures = 0;

  constructor(onFailing: OnServiceFailing) {
    this.#onFailing = onFailing;
  }

  answered(migration: string, by: AnsweredBy, failed: boolean, now: number): void {
    if (by === 'monolith') this.#addMonolith(failed);
    else if (failed) this.#addFailure(migration, now);
    else this.#runs.delete(migration);
  }

  #addMonolith(failed: boolean): void {
    const oldest = this.#monolith[this.#next]!;
    if (oldest !== failed) this.#monolithFailures += failed ? 1 : -1;
    this.#monolith[this.#next] = failed;
    this.#next = (this.#next + 1) % REMEMBERED;
  }

  #addFailure(migration: string, now: number): void {
    const run = this.#runs.get(migration);
    if (!run || now - run.since > WITHIN_MS) {
      this.#runs.set(migration, { failures: 1, since: now });
      return;
    }
    run.failures++;
    if (run.failures < FAILURES || this.#monolithFailures * 2 >= REMEMBERED) return;
    this.#runs.delete(migration);
    this.#onFailing(migration, run.failures, now - run.since);
  }
}
