import { isIdempotentMethod, isSafeMethod, type Route } from '../routing/model.ts';
import type { ExchangeCapture } from '../shadow/capture.ts';
import { answerHeaders } from './answer-headers.ts';
import { answerProblem } from './answer-problem.ts';
import type { AnswerBody, ClientExchange, ExchangeHandler } from './client-exchange.ts';
import type { Failure, FailureCode } from './failures.ts';
import { OutgoingRequest } from './outgoing-request.ts';
import type { PendingWrite } from './read-your-writes.ts';
import { type ForwardableRequest, headFor } from './request-head.ts';
import type { RequestOutcome } from './request-outcome.ts';
import type { ResponseHead } from './response-head.ts';
import type { AnsweredBy } from './traffic-counts.ts';
import type { ExchangeSink, UpstreamConnection } from './upstream-connection.ts';
import type { UpstreamPool } from './upstream-pool.ts';
import type { Waiter } from './waiting-line.ts';

/** One side that can answer, with the path that the request has there. */
export interface Destination {
  readonly side: AnsweredBy;
  readonly pool: UpstreamPool;
  readonly target: string;
  /** Of the migration that the side answers for; none for the monolith. */
  readonly routes: readonly Route[];
}

export interface ForwardingJob {
  readonly exchange: ClientExchange;
  readonly request: ForwardableRequest;
  readonly destination: Destination;
  /** The monolith, when the destination is the service. */
  readonly fallback: Destination | undefined;
  readonly capture: ExchangeCapture | undefined;
  /** A write of which the user's next requests must know. */
  readonly write: PendingWrite | undefined;
  /** Set where answers say which side made them: the migration's id, or `''`. */
  readonly debugMigration: string | undefined;
  /** One of `onAnswered` and `onFailed` is called, once. */
  readonly outcome: RequestOutcome;
}

/**
 * Carries one request to an upstream and its answer back, both streaming, each side held back by the
 * other's pace. Second tries follow two rules, and only while the client has seen nothing and the request's
 * body is all kept, or nothing of it was taken:
 * - a request whose connection closed without a byte of answer goes once more, on a new one, when it is
 *   idempotent or nothing of it was sent, within the upstream's budget;
 * - a request meant for the service goes to the monolith when nothing was sent or its method is safe, as
 *   long as the monolith has room.
 */
export class Forwarding implements ExchangeSink, Waiter, ExchangeHandler {
  readonly #job: ForwardingJob;
  readonly #outgoing: OutgoingRequest;
  #destination: Destination;
  #retried = false;
  #headSeen = false;
  #trailers: readonly string[] | undefined;
  #status = 0;
  /** Of the answer's body, so far. */
  #bytes = 0;
  #done = false;

  constructor(job: ForwardingJob) {
    this.#job = job;
    this.#outgoing = new OutgoingRequest(job.request, job.exchange);
    this.#destination = job.destination;
  }

  start(): void {
    const { exchange } = this.#job;
    exchange.handler = this;
    exchange.silenceLimitMs = this.#destination.pool.upstream.idleTimeoutMs;
    this.#destination.pool.acquire(this);
  }

  onConnection(connection: UpstreamConnection): void {
    const { pool, target } = this.#destination;
    if (this.#done) {
      pool.giveBack(connection);
      return;
    }
    const { request, exchange } = this.#job;
    const head = headFor(request, pool.upstream, target, '');
    if (!exchange.requestComplete) exchange.readBody();
    if (this.#done) {
      // What has come of the body is malformed: the upstream need not hear of it.
      pool.giveBack(connection);
      return;
    }
    if (!this.#outgoing.sendOn(connection, this, head)) pool.acquire(this);
  }

  onUnavailable(failure: Failure): void {
    this.onFailure(failure);
  }

  /** RFC 9110, 15.2: passed on, but 100 only to a client that waits for it, and none to HTTP/1.0. */
  onInformation(head: ResponseHead): void {
    const { exchange, request } = this.#job;
    if (head.status === 100 ? !request.expectsContinue : request.minorVersion === 0) return;
    exchange.inform(head.status, head.reason, head.status === 100 ? [] : this.#headersOf(head));
  }

  onHead(head: ResponseHead): void {
    const { exchange, capture, write } = this.#job;
    this.#headSeen = true;
    this.#status = head.status;
    this.#outgoing.forgetKept();
    capture?.answerHead(head.status, head.headers);
    const headers = this.#headersOf(head);
    this.#addDebugHeaders(headers);
    write?.taken(this.#destination.side, head.status, headers);
    exchange.begin(head.status, head.reason, headers, bodyOf(head));
  }

  onBody(chunk: Buffer, last: boolean): void {
    const { exchange, capture } = this.#job;
    this.#bytes += chunk.length;
    capture?.addToAnswer(chunk);
    if (last) {
      this.#succeed(chunk);
    } else if (!exchange.write(chunk)) {
      this.#outgoing.connection?.pause();
    }
  }

  onTrailers(trailers: readonly string[]): void {
    if (this.#job.request.acceptsTrailers) this.#trailers = trailers;
  }

  onEnd(): void {
    this.#succeed(undefined);
  }

  onWritable(): void {
    this.#job.exchange.resumeBody();
  }

  onRequestBody(chunk: Buffer): void {
    this.#job.capture?.requestBody.add(chunk);
    this.#outgoing.addBody(chunk);
  }

  onRequestEnd(): void {
    this.#outgoing.end();
  }

  onRequestMalformed(detail: string): void {
    if (this.#done) return;
    const { exchange, request } = this.#job;
    this.#giveUp('bad_request', 'the rest of the request is malformed');
    if (this.#headSeen) exchange.abort();
    else answerProblem(exchange, 'bad_request', request.id, detail);
  }

  onClientReady(): void {
    this.#outgoing.connection?.resume();
  }

  onClientClosed(): void {
    if (!this.#done) this.#giveUp('client_closed', 'the client closed first');
  }

  onFailure(failure: Failure): void {
    this.#outgoing.stop();
    if (this.#done) return;
    if (this.#headSeen) {
      // Half an answer must not look whole: no last chunk, no clean end.
      this.#job.exchange.abort();
      this.#fail(failure);
    } else if (this.#mayRetry(failure)) {
      this.#retried = true;
      this.#destination.pool.acquire(this, true);
    } else if (this.#mayFallBack(failure)) {
      this.#job.outcome.onFallback(failure);
      this.#destination = this.#job.fallback!;
      this.#retried = false;
      this.#destination.pool.acquire(this);
    } else {
      this.#fail(failure);
      answerProblem(this.#job.exchange, failure.code, this.#job.request.id);
    }
  }

  #addDebugHeaders(headers: string[]): void {
    const { debugMigration } = this.#job;
    if (debugMigration === undefined) return;
    headers.push('Ficus-Upstream', this.#destination.pool.upstream.id);
    if (debugMigration !== '') headers.push('Ficus-Migration', debugMigration);
  }

  #mayRetry(failure: Failure): boolean {
    if (this.#retried || this.#outgoing.bodyGone || failure.answered) return false;
    if (failure.code !== 'upstream_closed') return false;
    if (failure.sent && !isIdempotentMethod(this.#job.request.method)) return false;
    // The budget is for an upstream that fails, not for one that has closed what lay idle.
    return failure.stale === true || this.#destination.pool.mayRetry();
  }

  #mayFallBack(failure: Failure): boolean {
    const { fallback, request } = this.#job;
    if (!fallback || this.#destination === fallback || this.#outgoing.bodyGone) return false;
    return (!failure.sent || isSafeMethod(request.method)) && fallback.pool.mayTakeFallback();
  }

  #headersOf(head: ResponseHead): string[] {
    const { pool, routes } = this.#destination;
    return answerHeaders(head, { upstream: pool.upstream, routes }, this.#job.request.client);
  }

  /** The upstream must not take what it has of a request for the whole. */
  #giveUp(code: FailureCode, detail: string): void {
    this.#destination.pool.forget(this);
    this.#outgoing.connection?.abort();
    this.#outgoing.stop();
    this.#fail({ code, detail, sent: true, answered: this.#headSeen });
  }

  #succeed(last: Buffer | undefined): void {
    this.#outgoing.stop();
    this.#done = true;
    this.#job.exchange.end(last, this.#trailers);
    this.#job.outcome.onAnswered(this.#destination.side, this.#status, this.#bytes);
  }

  #fail(failure: Failure): void {
    this.#done = true;
    this.#job.outcome.onFailed(this.#destination.side, failure, this.#bytes);
  }
}

function bodyOf(head: ResponseHead): AnswerBody {
  if (head.framing === 'none') return 'none';
  return head.framing === 'length' ? 'sized' : 'unsized';
}
