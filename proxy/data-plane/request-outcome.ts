import { isSafeMethod } from '../routing/model.ts';
import type { ExchangeCapture } from '../shadow/capture.ts';
import type { CopyMode } from '../shadow/sender.ts';
import { accessEntry } from './access-entry.ts';
import type { Matched } from './choose-side.ts';
import { type Failure, failureMeanings } from './failures.ts';
import type { Destination } from './forwarding.ts';
import type { RequestDeps } from './handle-request.ts';
import type { ForwardableRequest } from './request-head.ts';
import type { AnsweredBy } from './traffic-counts.ts';
import type { UpstreamPool } from './upstream-pool.ts';

/** What becomes of a request once its client has the answer: copied to the other side, recorded, or both. */
export interface PlannedCopy {
  readonly mode: CopyMode | undefined;
  readonly record: boolean;
  readonly capture: ExchangeCapture;
  readonly monolith: Destination;
  readonly service: Destination;
}

/** Counts what became of a request, logs what went wrong, and lets the copy go. */
export class RequestOutcome {
  readonly #deps: RequestDeps;
  readonly #request: ForwardableRequest;
  readonly #matched: Matched | undefined;
  readonly #copy: PlannedCopy | undefined;
  readonly #startedAt: number;
  readonly #monolith: UpstreamPool;
  #fellBack = false;

  constructor(
    deps: RequestDeps,
    request: ForwardableRequest,
    matched: Matched | undefined,
    copy: PlannedCopy | undefined,
  ) {
    this.#deps = deps;
    this.#request = request;
    this.#matched = matched;
    this.#copy = copy;
    this.#startedAt = deps.clock.monotonic();
    this.#monolith = deps.snapshot.default;
    deps.underWay.started(request);
  }

  /** The upstream's answer was handed to the client whole. */
  onAnswered(side: AnsweredBy, status: number, bytes: number): void {
    const durationMs = this.#deps.clock.monotonic() - this.#startedAt;
    this.#end(side, status, durationMs, bytes);
    this.#count(side, status >= 500, durationMs);
    if (this.#matched !== undefined) this.#deps.counts.shown(this.#migration, this.#matched.route.id, status);
    const pool = side === 'service' ? this.#matched!.live.service : this.#monolith;
    pool.latency.add(durationMs, pool.coarseNow());
    if (this.#copy !== undefined) this.#submit(this.#copy, side, durationMs);
  }

  /** The client got our own answer, half an answer, or left (`client_closed`). */
  onFailed(side: AnsweredBy, failure: Failure, bytes: number): void {
    const { counts, clock, warn } = this.#deps;
    const durationMs = clock.monotonic() - this.#startedAt;
    const meaning = failureMeanings[failure.code];
    this.#end(side, meaning.status, durationMs, bytes, failure);
    this.#copy?.capture.discard();
    counts.failed(failure.code);
    // What a client does wrong must not speak against the side that was asked.
    if (meaning.side === 'client') return;
    this.#count(side, true, durationMs);
    warn({ ...this.#about(failure), side }, 'request failed');
  }

  /** The monolith is asked instead of the service. */
  onFallback(failure: Failure): void {
    this.#fellBack = true;
    this.#deps.counts.fellBack(this.#migration);
    this.#deps.warn(this.#about(failure), 'service failed, the monolith answers');
  }

  get #migration(): string {
    return this.#matched === undefined ? '' : this.#matched.live.migration.id;
  }

  #count(side: AnsweredBy, failed: boolean, durationMs: number): void {
    const { counts, watch } = this.#deps;
    counts.answered(this.#migration, side, failed, durationMs);
    watch.answered(this.#migration, side, failed, this.#startedAt + durationMs);
  }

  #end(side: AnsweredBy, status: number, durationMs: number, bytes: number, failure?: Failure): void {
    const { underWay, accessLog } = this.#deps;
    underWay.ended(this.#request);
    if (!accessLog.wants(failure !== undefined && status >= 500 ? 'failed' : 'answered')) return;
    const matched = this.#matched;
    const pool = side === 'service' ? matched!.live.service : this.#monolith;
    accessLog.write({
      ...accessEntry(this.#request, matched, side, pool.upstream.id),
      status,
      durationMs,
      bytes,
      code: failure?.code,
    });
  }

  #about({ code, detail }: Failure) {
    return {
      requestId: this.#request.id,
      migration: this.#migration,
      route: this.#matched?.route.id,
      code,
      detail,
    };
  }

  #submit(
    { mode, record, capture, monolith, service }: PlannedCopy,
    control: AnsweredBy,
    controlMs: number,
  ): void {
    const { live, route } = this.#matched!;
    const { shadow } = this.#deps;
    const { id, requestId, method } = this.#request;
    const exchange = { id, migration: live.migration, route: route.id, control, capture, controlMs };
    if (record) shadow.record(exchange);
    // After a fallback the service has just failed this very request: a copy would only say so again.
    if (mode === undefined || this.#fellBack) {
      capture.discard();
      return;
    }
    const other = control === 'monolith' ? service : monolith;
    const mayRepeat = control === 'monolith' && mode === 'compare' && isSafeMethod(method);
    shadow.submit({
      ...exchange,
      requestId,
      upstream: other.pool.upstream,
      target: other.target,
      mode,
      head: this.#request,
      again: mayRepeat ? { upstream: monolith.pool.upstream, target: monolith.target } : undefined,
    });
  }
}
