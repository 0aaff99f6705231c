import type { Upstream } from '../routing/model.ts';
import type { Clock } from '../telemetry/clock.ts';
import type { Failure } from './failures.ts';
import { type ConnectionOwner, UpstreamConnection } from './upstream-connection.ts';

/** Who waits for a connection. Exactly one of the two is called, unless it gives up first. */
export interface Waiter {
  onConnection(connection: UpstreamConnection): void;
  onUnavailable(failure: Failure): void;
}

export interface PoolLimits {
  /** How long a connection may lie idle when the upstream names no limit of its own. */
  readonly idleMs: number;
  /** Requests that may wait for a connection; one more is refused with `upstream_busy`. */
  readonly maxWaiting: number;
}

interface Waiting {
  readonly waiter: Waiter;
  readonly fresh: boolean;
  readonly deadline: number;
}

export const defaultPoolLimits: PoolLimits = { idleMs: 30_000, maxWaiting: 1024 };

/** How often deadlines are looked at; they are late by at most this. */
export const SWEEP_MS = 50;

/**
 * Keep-alive connections to one upstream, newest idle first. An idle one is handed out one turn of the
 * event loop later, after everything that had already arrived on it was read: what a stale connection
 * still had to say closes it, and can't be taken for the answer to the next request.
 */
export class UpstreamPool implements ConnectionOwner {
  readonly upstream: Upstream;
  readonly #clock: Clock;
  readonly #limits: PoolLimits;
  readonly #all = new Set<UpstreamConnection>();
  readonly #idle: UpstreamConnection[] = [];
  readonly #waiting: Waiting[] = [];
  #handOver: { waiter: Waiter; connection: UpstreamConnection }[] = [];
  #connecting = 0;
  #coarseNow: number;
  #sweep: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(upstream: Upstream, clock: Clock, limits: PoolLimits = defaultPoolLimits) {
    this.upstream = upstream;
    this.#clock = clock;
    this.#limits = limits;
    this.#coarseNow = clock.monotonic();
  }

  coarseNow(): number {
    return this.#coarseNow;
  }

  get size(): number {
    return this.#all.size;
  }

  /** `fresh`: a new connection only, after a used one turned out stale: others may be so too. */
  acquire(waiter: Waiter, fresh = false): void {
    const idle = fresh ? undefined : this.#takeIdle();
    if (idle) {
      this.#handOverLater(waiter, idle);
      return;
    }
    if (this.#waiting.length >= this.#limits.maxWaiting) {
      waiter.onUnavailable(notSent('upstream_busy', `${this.#waiting.length} requests wait already`));
      return;
    }
    // Busy connections may stay busy for long; opening one has the connect timeout, so has waiting for one.
    const deadline = this.#clock.monotonic() + this.upstream.connectTimeoutMs + SWEEP_MS;
    this.#waiting.push({ waiter, fresh, deadline });
    this.#openAsNeeded();
  }

  /** The waiter no longer wants a connection. */
  forget(waiter: Waiter): void {
    const at = this.#waiting.findIndex((waiting) => waiting.waiter === waiter);
    if (at >= 0) this.#waiting.splice(at, 1);
  }

  /** Takes back a connection that was handed out and not used. */
  giveBack(connection: UpstreamConnection): void {
    if (!connection.socket.destroyed) this.onReusable(connection);
  }

  /** Closes idle connections now and the others as they finish. */
  close(): void {
    this.#closed = true;
    for (const connection of this.#idle.splice(0)) connection.destroy();
    if (this.#all.size === 0) this.#stopSweeping();
  }

  onConnected(connection: UpstreamConnection): void {
    this.#connecting--;
    const next = this.#waiting.shift();
    if (next) next.waiter.onConnection(connection);
    else this.#keepIdle(connection);
  }

  onReusable(connection: UpstreamConnection): void {
    const at = this.#waiting.findIndex(({ fresh }) => !fresh);
    const [next] = at < 0 ? [] : this.#waiting.splice(at, 1);
    if (next) this.#handOverLater(next.waiter, connection);
    // Whoever waits for a fresh one needs the room.
    else if (this.#waiting.length > this.#connecting && this.#isFull) connection.destroy();
    else this.#keepIdle(connection);
  }

  get #isFull(): boolean {
    return this.#all.size >= this.upstream.maxConnections;
  }

  onClosed(connection: UpstreamConnection): void {
    this.#all.delete(connection);
    const at = this.#idle.indexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
    if (!connection.connected) this.#connectFailed(connection);
    if (this.#all.size === 0) this.#stopSweeping();
    this.#openAsNeeded();
  }

  #takeIdle(): UpstreamConnection | undefined {
    for (let connection = this.#idle.pop(); connection; connection = this.#idle.pop()) {
      if (!connection.socket.destroyed) return connection;
    }
    return undefined;
  }

  #handOverLater(waiter: Waiter, connection: UpstreamConnection): void {
    this.#handOver.push({ waiter, connection });
    if (this.#handOver.length === 1) setImmediate(() => this.#handOverNow());
  }

  #handOverNow(): void {
    const due = this.#handOver;
    this.#handOver = [];
    for (const { waiter, connection } of due) {
      if (connection.socket.destroyed) this.acquire(waiter);
      else waiter.onConnection(connection);
    }
  }

  #keepIdle(connection: UpstreamConnection): void {
    const limitMs = connection.idleLimitMs(this.#limits.idleMs);
    if (this.#closed || limitMs <= 0) {
      connection.destroy();
      return;
    }
    connection.deadline = this.#coarseNow + limitMs;
    this.#idle.push(connection);
  }

  #openAsNeeded(): void {
    while (this.#connecting < this.#waiting.length && !this.#isFull) {
      this.#startSweeping();
      this.#connecting++;
      this.#all.add(new UpstreamConnection(this.upstream, this));
    }
  }

  /** One failed attempt answers one waiter: the next ones have attempts of their own under way. */
  #connectFailed(connection: UpstreamConnection): void {
    this.#connecting--;
    const next = this.#waiting.shift();
    next?.waiter.onUnavailable(connection.connectFailure ?? notSent('upstream_connect', 'connection closed'));
  }

  #startSweeping(): void {
    this.#coarseNow = this.#clock.monotonic();
    this.#sweep ??= setInterval(() => {
      this.#coarseNow = this.#clock.monotonic();
      // After a busy stretch of the event loop the answers that came meanwhile are read before anybody is blamed.
      setImmediate(() => this.#expireOverdue());
    }, SWEEP_MS);
  }

  #stopSweeping(): void {
    clearInterval(this.#sweep);
    this.#sweep = undefined;
  }

  #expireOverdue(): void {
    for (const connection of this.#all) {
      if (connection.deadline <= this.#coarseNow) connection.expire();
    }
    // The first ones have attempts to connect under way, which end by their own deadlines.
    for (let next = this.#waiting[this.#connecting]; next; next = this.#waiting[this.#connecting]) {
      if (next.deadline > this.#coarseNow) return;
      this.#waiting.splice(this.#connecting, 1);
      next.waiter.onUnavailable(
        notSent('upstream_busy', `no connection free within ${this.upstream.connectTimeoutMs} ms`),
      );
    }
  }
}

function notSent(code: Failure['code'], detail: string): Failure {
  return { code, detail, sent: false, answered: false };
}
