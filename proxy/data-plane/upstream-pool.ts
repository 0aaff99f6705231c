import type { Upstream } from '../routing/model.ts';
import type { Clock } from '../telemetry/clock.ts';
import { type FailureCode, notSent, whileOpen } from './failures.ts';
import { LatencyWatch } from './latency-watch.ts';
import { forgiveStall, giveUpSlowUploads, leaveOldAddresses } from './pool-upkeep.ts';
import { type ConnectionOwner, UpstreamConnection } from './upstream-connection.ts';
import { type OnBreaker, UpstreamHealth, type UpstreamReport } from './upstream-health.ts';
import { type Waiter, WaitingLine } from './waiting-line.ts';

export interface PoolLimits {
  /** How long a connection may lie idle when the upstream names no limit of its own. */
  readonly idleMs: number;
}

export const defaultPoolLimits: PoolLimits = { idleMs: 30_000 };

/** How often deadlines are looked at; they are late by at most this. */
export const SWEEP_MS = 50;

/** How often it is asked whether the upstream is still where connections lead. */
const LOOK_UP_EVERY_MS = 1000;

/**
 * Of an upstream's connections those that requests for another never take. When a service is down its
 * requests come to the monolith on top of the monolith's own: while the monolith is quick that is what the
 * fallback is for; once it is not, its own routes keep this much.
 */
const OWN_SHARE = 0.25;

/**
 * Keep-alive connections to one upstream, newest idle first. An idle one is handed out one turn of the
 * event loop later, after everything that had already arrived on it was read: what a stale connection
 * still had to say closes it, and can't be taken for the answer to the next request.
 */
export class UpstreamPool implements ConnectionOwner {
  readonly upstream: Upstream;
  /** Of whole answers, for what copies may still ask of it. */
  readonly latency = new LatencyWatch();
  readonly #clock: Clock;
  readonly #now: () => number;
  readonly #health: UpstreamHealth;
  readonly #limits: PoolLimits;
  readonly #all = new Set<UpstreamConnection>();
  readonly #idle: UpstreamConnection[] = [];
  readonly #waiting = new WaitingLine();
  #handOver: { waiter: Waiter; connection: UpstreamConnection }[] = [];
  #connecting = 0;
  #coarseNow: number;
  #sweep: NodeJS.Timeout | undefined;
  #lookedUpAt = 0;
  #closed = false;

  constructor(
    upstream: Upstream,
    clock: Clock,
    limits: PoolLimits = defaultPoolLimits,
    onBreaker?: OnBreaker,
  ) {
    this.upstream = upstream;
    this.#clock = clock;
    this.#now = () => clock.monotonic();
    this.#limits = limits;
    this.#coarseNow = clock.monotonic();
    this.#health = new UpstreamHealth(upstream, this.#coarseNow, onBreaker);
  }

  coarseNow(): number {
    return this.#coarseNow;
  }

  get size(): number {
    return this.#all.size;
  }

  /** `fresh`: a new connection only, after a used one turned out stale: others may be so too. */
  acquire(waiter: Waiter, fresh = false): void {
    // A second try has been let through by its budget, and must not be the one that probes.
    if (fresh || this.admits()) this.#acquire(waiter, fresh);
    else waiter.onUnavailable(whileOpen());
  }

  /** Whether a request may be sent, by the breaker. For those that bring a connection of their own. */
  admits(): boolean {
    return this.#health.admits(this.#now);
  }

  /** What became of a request on a connection that is not the pool's: the breaker counts it all the same. */
  onOwnConnection(failure: FailureCode | undefined): void {
    if (failure === undefined) this.#health.answered();
    else if (failure === 'upstream_connect' || failure === 'upstream_connect_timeout')
      this.#health.connectFailed(this.#now(), this.#isAlone);
    else this.onFault(failure);
  }

  #acquire(waiter: Waiter, fresh: boolean): void {
    const idle = fresh ? undefined : this.#takeIdle();
    if (idle) {
      this.#handOverLater(waiter, idle);
      return;
    }
    // Those for whom a connection is being opened don't wait for another to be free.
    if (this.#waiting.length - this.#connecting >= this.upstream.maxWaiting && this.#isFull) {
      this.#health.refused('busy');
      waiter.onUnavailable(notSent('upstream_busy', `${this.#waiting.length} requests wait already`));
      return;
    }
    // Busy connections may stay busy for long; opening one has the connect timeout, so has waiting for one.
    const deadline = this.#clock.monotonic() + this.upstream.connectTimeoutMs + SWEEP_MS;
    this.#waiting.add({ waiter, fresh, deadline });
    this.#openAsNeeded();
  }

  /** Whether a request whose connection broke may go once more, on a new one; takes it from the budget. */
  mayRetry(): boolean {
    return this.#health.spendRetry(this.#now());
  }

  /** Whether there is room for a request that was meant for another upstream. */
  mayTakeFallback(): boolean {
    const inUse = this.#all.size - this.#idle.length;
    const hasRoom =
      this.#waiting.length <= this.#connecting && inUse < this.upstream.maxConnections * (1 - OWN_SHARE);
    if (!hasRoom) this.#health.refused('fallback');
    return hasRoom;
  }

  /** Whether its breaker holds it for gone, or is trying it out. */
  get isOpen(): boolean {
    return this.#health.isOpen;
  }

  /** Whether requests wait for connections that others hold. */
  get isBusy(): boolean {
    return this.#isFull && this.#waiting.length > this.#connecting;
  }

  /** Whether there is room for what nobody waits for. */
  get hasSpareRoom(): boolean {
    const inUse = this.#all.size - this.#idle.length;
    return !this.isOpen && inUse < this.upstream.maxConnections * (1 - OWN_SHARE) && this.latency.isUsual;
  }

  /** What happened since it was last asked. */
  takeReport(): UpstreamReport {
    return this.#health.take();
  }

  /** The waiter no longer wants a connection. */
  forget(waiter: Waiter): void {
    this.#waiting.remove(waiter);
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
    const next = this.#waiting.take();
    if (next) next.onConnection(connection);
    else this.#keepIdle(connection);
  }

  onReusable(connection: UpstreamConnection): void {
    const next = this.#waiting.takeForUsed();
    if (next) this.#handOverLater(next, connection);
    // Whoever waits for a fresh one needs the room.
    else if (this.#waiting.length > this.#connecting && this.#isFull) connection.destroy();
    else this.#keepIdle(connection);
  }

  /** Whether nothing is connected. */
  get #isAlone(): boolean {
    return this.#all.size === this.#connecting;
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

  onAnswered(): void {
    this.#health.answered();
  }

  onFault(code: FailureCode): void {
    this.#health.exchangeFailed(code, this.#now());
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
      if (connection.socket.destroyed) this.#acquire(waiter, false);
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
    this.#health.connectFailed(this.#now(), this.#isAlone);
    this.#waiting
      .take()
      ?.onUnavailable(connection.connectFailure ?? notSent('upstream_connect', 'connection closed'));
  }

  #startSweeping(): void {
    this.#coarseNow = this.#clock.monotonic();
    this.#sweep ??= setInterval(() => {
      const now = this.#clock.monotonic();
      forgiveStall(this.#all, now - this.#coarseNow - SWEEP_MS);
      this.#coarseNow = now;
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
    if (this.#isFull) giveUpSlowUploads(this.#all, this.#waiting.length - this.#connecting, this.#coarseNow);
    if (this.#coarseNow - this.#lookedUpAt >= LOOK_UP_EVERY_MS) {
      this.#lookedUpAt = this.#coarseNow;
      leaveOldAddresses(this.upstream, this.#all, this.#idle);
    }
    // The first ones have attempts to connect under way, which end by their own deadlines.
    for (const waiter of this.#waiting.takeOverdue(this.#coarseNow, () => this.#connecting)) {
      this.#health.refused('busy');
      waiter.onUnavailable(
        notSent('upstream_busy', `no connection free within ${this.upstream.connectTimeoutMs} ms`),
      );
    }
  }
}
