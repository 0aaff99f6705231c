import { isIdempotentMethod, isSafeMethod, type Route } from '../routing/model.ts';
import type { ExchangeCapture } from '../shadow/capture.ts';
import { answerHeaders } from './answer-headers.ts';
import { answerProblem } from './answer-problem.ts';
import type { AnswerBody, ClientExchange, ExchangeHandler } from './client-exchange.ts';
import type { Failure, FailureCode } from './failures.ts';
import { type ForwardableRequest, headFor } from './request-head.ts';
import type { RequestOutcome } from './request-outcome.ts';
import type { ResponseHead } from './response-head.ts';
import type { AnsweredBy } from './traffic-counts.ts';
import type { ExchangeSink, UpstreamConnection } from './upstream-connection.ts';
import type { UpstreamPool, Waiter } from './upstream-pool.ts';

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
  /** Set where answers say which side made them: the migration's id, or `''`. */
  readonly debugMigration: string | undefined;
  /** One of `onAnswered` and `onFailed` is called, once. */
  readonly outcome: RequestOutcome;
}

/**
 * Carries one request to an upstream and its answer back, both streaming, each side held back by the
 * other's pace. Second tries follow two rules, and only while the client has seen nothing and no byte of
 * the request's body was taken:
 * - a request whose connection closed without a byte of answer goes once more, on a new one, when it is
 *   idempotent or nothing of it was sent, within the upstream's budget;
 * - a request meant for the service goes to the monolith when nothing was sent or its method is safe, as
 *   long as the monolith has room.
 */
export class Forwarding implements ExchangeSink, Waiter, ExchangeHandler {
  readonly #job: ForwardingJob;
  #destination: Destination;
  #connection: UpstreamConnection | undefined;
  #bodyTaken = false;
  #retried = false;
  #headSeen = false;
  #trailers: readonly string[] | undefined;
  /** Body bytes that go out with the next turn of the event loop. */
  #outgoing: Buffer[] | undefined;
  #requestEnded = false;
  #endSent = false;
  #isBeginning = true;
  #status = 0;
  #done = false;

  constructor(job: ForwardingJob) {
    this.#job = job;
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
    const { request } = this.#job;
    const { socket } = connection;
    if (request.framing !== 'none') socket.cork();
    if (connection.begin(this, request.method, headFor(request, pool.upstream, target, ''))) {
      this.#connection = connection;
      this.#sendBody();
    } else {
      pool.acquire(this);
    }
    if (request.framing !== 'none') socket.uncork();
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
    const { exchange, capture } = this.#job;
    this.#headSeen = true;
    this.#status = head.status;
    capture?.answerHead(head.status, head.headers);
    const headers = this.#headersOf(head);
    this.#addDebugHeaders(headers);
    exchange.begin(head.status, head.reason, headers, bodyOf(head));
  }

  onBody(chunk: Buffer, last: boolean): void {
    const { exchange, capture } = this.#job;
    capture?.answerBody.add(chunk);
    if (last) {
      this.#succeed(chunk);
    } else if (!exchange.write(chunk)) {
      this.#connection?.pause();
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

  /**
   * Not passed on at once: an upstream that answers early and closes resets the connection, and a write into
   * that would cost the answer, which by the next turn has been read.
   */
  onRequestBody(chunk: Buffer): void {
    this.#job.capture?.requestBody.add(chunk);
    if (this.#outgoing !== undefined) {
      this.#outgoing.push(chunk);
      return;
    }
    this.#outgoing = [chunk];
    // What went out just now, with the head, is read back on only by the turn after this one.
    if (this.#isBeginning) setImmediate(() => setImmediate(() => this.#sendOutgoing()));
    else setImmediate(() => this.#sendOutgoing());
  }

  onRequestEnd(): void {
    this.#requestEnded = true;
    if (this.#outgoing === undefined) this.#sendOutgoing();
  }

  onRequestMalformed(detail: string): void {
    if (this.#done) return;
    const { exchange, request } = this.#job;
    this.#giveUp('bad_request', 'the rest of the request is malformed');
    if (this.#headSeen) exchange.abort();
    else answerProblem(exchange, 'bad_request', request.id, detail);
  }

  onClientReady(): void {
    this.#connection?.resume();
  }

  onClientClosed(): void {
    if (!this.#done) this.#giveUp('client_closed', 'the client closed first');
  }

  onFailure(failure: Failure): void {
    this.#connection = undefined;
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
    if (this.#retried || this.#bodyTaken || failure.answered) return false;
    if (failure.code !== 'upstream_closed') return false;
    if (failure.sent && !isIdempotentMethod(this.#job.request.method)) return false;
    return this.#destination.pool.mayRetry();
  }

  #mayFallBack(failure: Failure): boolean {
    const { fallback, request } = this.#job;
    if (!fallback || this.#destination === fallback || this.#bodyTaken) return false;
    return (!failure.sent || isSafeMethod(request.method)) && fallback.pool.mayTakeFallback();
  }

  /** A body that is all here goes out with the head. */
  #sendBody(): void {
    const { exchange } = this.#job;
    if (exchange.requestComplete) {
      this.onRequestEnd();
      return;
    }
    this.#bodyTaken = true;
    exchange.readBody();
    this.#isBeginning = false;
    if (this.#requestEnded) this.#sendOutgoing();
  }

  #sendOutgoing(): void {
    const chunks = this.#outgoing ?? nothing;
    const connection = this.#connection;
    this.#outgoing = undefined;
    // After a failure they are let go.
    if (!connection) return;
    const chunked = this.#job.request.framing === 'chunked';
    let goOn = true;
    if (chunked && chunks.length > 0) connection.send(`${sizeOf(chunks).toString(16)}\r\n`);
    for (const chunk of chunks) goOn = connection.send(chunk);
    if (chunked && chunks.length > 0) goOn = connection.send('\r\n');
    if (this.#requestEnded && !this.#endSent) {
      this.#endSent = true;
      if (chunked) connection.send('0\r\n\r\n');
      connection.requestComplete();
    } else if (!goOn) {
      this.#job.exchange.pauseBody();
    }
  }

  #headersOf(head: ResponseHead): string[] {
    const { pool, routes } = this.#destination;
    return answerHeaders(head, { upstream: pool.upstream, routes }, this.#job.request.client);
  }

  /** The upstream must not take what it has of a request for the whole. */
  #giveUp(code: FailureCode, detail: string): void {
    this.#destination.pool.forget(this);
    this.#connection?.abort();
    this.#connection = undefined;
    this.#fail({ code, detail, sent: true, answered: this.#headSeen });
  }

  #succeed(last: Buffer | undefined): void {
    this.#connection = undefined;
    this.#done = true;
    this.#job.exchange.end(last, this.#trailers);
    this.#job.outcome.onAnswered(this.#destination.side, this.#status);
  }

  #fail(failure: Failure): void {
    this.#done = true;
    this.#job.outcome.onFailed(this.#destination.side, failure);
  }
}

const nothing: readonly Buffer[] = [];

function sizeOf(chunks: readonly Buffer[]): number {
  let bytes = 0;
  for (const chunk of chunks) bytes += chunk.length;
  return bytes;
}

function bodyOf(head: ResponseHead): AnswerBody {
  if (head.framing === 'none') return 'none';
  return head.framing === 'length' ? 'sized' : 'unsized';
}
