import type { Failure } from './failures.ts';
import type { UpstreamConnection } from './upstream-connection.ts';

/** Who waits for a connection. Exactly one of the two is called, unless it gives up first. */
export interface Waiter {
  onConnection(connection: UpstreamConnection): void;
  onUnavailable(failure: Failure): void;
}

interface Waiting {
  readonly waiter: Waiter;
  /** A new connection only. */
  readonly fresh: boolean;
  /** Monotonic ms. */
  readonly deadline: number;
}

/** Those who wait for a connection to one upstream, first come first. */
export class WaitingLine {
  readonly #waiting: Waiting[] = [];

  get length(): number {
    return this.#waiting.length;
  }

  add(waiting: Waiting): void {
    this.#waiting.push(waiting);
  }

  /** The waiter no longer wants a connection. */
  remove(waiter: Waiter): void {
    const at = this.#waiting.findIndex((waiting) => waiting.waiter === waiter);
    if (at >= 0) this.#waiting.splice(at, 1);
  }

  take(): Waiter | undefined {
    return this.#waiting.shift()?.waiter;
  }

  /** The first who also takes a connection that was used before. */
  takeForUsed(): Waiter | undefined {
    const at = this.#waiting.findIndex(({ fresh }) => !fresh);
    return at < 0 ? undefined : this.#waiting.splice(at, 1)[0]!.waiter;
  }

  /** One by one those whose deadline has passed, but for the first ones; how many, may change with each that is told. */
  *takeOverdue(now: number, first: () => number): Iterable<Waiter> {
    for (let at = first(); ; at = first()) {
      const next = this.#waiting[at];
      if (!next || next.deadline > now) return;
      this.#waiting.splice(at, 1);
      yield next.waiter;
    }
  }
}
