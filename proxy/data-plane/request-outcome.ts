import type { ExchangeCapture } from '../shadow/capture.ts';
import type { CopyMode } from '../shadow/sender.ts';
import type { Matched } from './choose-side.ts';
import { type Failure, failureMeanings } from './failures.ts';
import type { Destination } from './forwarding.ts';
import type { RequestDeps } from './handle-request.ts';
import type { ForwardableRequest } from './request-head.ts';
import type { AnsweredBy } from './traffic-counts.ts';

/** How a request is copied to the other side once its client has the answer. */
export interface PlannedCopy {
  readonly mode: CopyMode;
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
  readonly #monolith: string;
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
    this.#monolith = deps.snapshot.default.upstream.id;
    deps.underWay.started(request);
  }

  /** The upstream's answer was handed to the client whole. */
  onAnswered(side: AnsweredBy, status: number): void {
    const durationMs = this.#deps.clock.monotonic() - this.#startedAt;
    this.#end(side, status, durationMs);
    this.#deps.counts.answered(this.#migration, side, status >= 500, durationMs);
    if (this.#matched !== undefined) this.#deps.counts.shown(this.#migration, this.#matched.route.id, status);
    // After a fallback the service has just failed this very request: a copy would only say so again.
    if (this.#copy !== undefined && !this.#fellBack) this.#submit(this.#copy, side, durationMs);
  }

  /** The client got our own answer, half an answer, or left (`client_closed`). */
  onFailed(side: AnsweredBy, failure: Failure): void {
    const { counts, clock, warn } = this.#deps;
    const durationMs = clock.monotonic() - this.#startedAt;
    const meaning = failureMeanings[failure.code];
    this.#end(side, meaning.status, durationMs, failure);
    counts.failed(failure.code);
    // What a client does wrong must not speak against the side that was asked.
    if (meaning.side === 'client') return;
    counts.answered(this.#migration, side, true, durationMs);
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

  #end(side: AnsweredBy, status: number, durationMs: number, failure?: Failure): void {
    const { underWay, accessLog } = this.#deps;
    underWay.ended(this.#request);
    if (!accessLog.wants(failure !== undefined && status >= 500)) return;
    accessLog.write({
      requestId: this.#request.id,
      method: this.#request.method,
      target: this.#request.target,
      migration: this.#migration,
      route: this.#matched?.route.id,
      side,
      upstream: side === 'service' ? this.#matched!.live.service.upstream.id : this.#monolith,
      status,
      durationMs,
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

  #submit({ mode, capture, monolith, service }: PlannedCopy, control: AnsweredBy, controlMs: number): void {
    const { live, route } = this.#matched!;
    const other = control === 'monolith' ? service : monolith;
    this.#deps.shadow.submit({
      id: this.#request.id,
      migration: live.migration,
      route: route.id,
      control,
      upstream: other.pool.upstream,
      target: other.target,
      mode,
      head: this.#request,
      capture,
      controlMs,
    });
  }
}
