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
 * other's pace. Second tries follow two rules, and only while the client has seen nothing and the request's
 * body is all kept, or nothing of it was taken:
 * - a request whose connection closed without a byte of answer goes once more, on a new one, when it is
 *   idempotent or nothing of it was sent, within the upstream's budget;
 * - a request meant for the service goes to the monolith when nothing was sent or its method is safe, as
 *   long as the monolith has room.
 */
export class Forwarding implements ExchangeSink, Waiter, ExchangeHandler {
  readonly #job: ForwardingJob;
  #destination: Destination;
  #connection: UpstreamConnection | undefined;
  /** Body bytes have gone that are kept nowhere. */
  #bodyGone = false;
  #retried = false;
  #headSeen = false;
  #trailers: readonly string[] | undefined;
  /** Body bytes that have come: to go out with the next turn of the event loop, or kept for a second try. */
  #outgoing: Buffer[] | undefined;
  #requestEnded = false;
  #endSent = false;
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
    const { request, exchange } = this.#job;
    const head = headFor(request, pool.upstream, target, '');
    if (!exchange.requestComplete) exchange.readBody();
    if (this.#done) {
      // What has come of the body is malformed: the upstream need not hear of it.
      pool.giveBack(connection);
      return;
    }
    if (this.#requestEnded || exchange.requestComplete) this.#sendWhole(connection, head);
    else this.#sendFirst(connection, head);
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
    if (this.#requestEnded) this.#outgoing = undefined;
    capture?.answerHead(head.status, head.headers);
    const headers = this.#headersOf(head);
    this.#addDebugHeaders(headers);
    exchange.begin(head.status, head.reason, headers, bodyOf(head));
  }

  onBody(chunk: Buffer, last: boolean): void {
    const { exchange, capture } = this.#job;
    capture?.addToAnswer(chunk);
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
    if (this.#connection !== undefined) setImmediate(() => this.#sendOutgoing());
  }

  onRequestEnd(): void {
    this.#requestEnded = true;
    if (this.#outgoing === undefined && this.#connection !== undefined) this.#sendOutgoing();
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
    if (this.#retried || this.#bodyGone || failure.answered) return false;
    if (failure.code !== 'upstream_closed') return false;
    if (failure.sent && !isIdempotentMethod(this.#job.request.method)) return false;
    // The budget is for an upstream that fails, not for one that has closed what lay idle.
    return failure.stale === true || this.#destination.pool.mayRetry();
  }

  #mayFallBack(failure: Failure): boolean {
    const { fallback, request } = this.#job;
    if (!fallback || this.#destination === fallback || this.#bodyGone) return false;
    return (!failure.sent || isSafeMethod(request.method)) && fallback.pool.mayTakeFallback();
  }

  /** What is all here goes out in one write, or nearly, and is kept for a second try while it is small. */
  #sendWhole(connection: UpstreamConnection, head: string): void {
    const { method, framing } = this.#job.request;
    const chunks = this.#outgoing ?? nothing;
    const bytes = sizeOf(chunks);
    const fits = bytes <= MAX_TEXT_BODY_BYTES;
    const { socket } = connection;
    if (!fits) socket.cork();
    if (!connection.begin(this, method, fits ? head + bodyText(chunks, bytes, framing) : head)) {
      this.#destination.pool.acquire(this);
    } else {
      this.#connection = connection;
      this.#endSent = fits;
      if (fits) connection.requestComplete();
      else this.#sendOutgoing();
      this.#bodyGone = bytes > MAX_KEPT_BODY_BYTES;
      if (!this.#bodyGone && !this.#headSeen && chunks.length > 0) this.#outgoing = [...chunks];
    }
    if (!fits) socket.uncork();
  }

  /** The head, and what has come of the body the turn after next: what the head brings about is read before. */
  #sendFirst(connection: UpstreamConnection, head: string): void {
    const { exchange, request } = this.#job;
    if (!connection.begin(this, request.method, head)) {
      exchange.pauseBody();
      this.#destination.pool.acquire(this);
      return;
    }
    this.#connection = connection;
    this.#bodyGone = true;
    exchange.resumeBody();
    if (this.#outgoing !== undefined) setImmediate(() => setImmediate(() => this.#sendOutgoing()));
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

/** Above it a write of its own costs less than turning the body into text. */
const MAX_TEXT_BODY_BYTES = 12_288;
/** Kept until the answer begins, so that the request can be made again. */
const MAX_KEPT_BODY_BYTES = 65_536;

const nothing: readonly Buffer[] = [];

function bodyText(chunks: readonly Buffer[], bytes: number, framing: ForwardableRequest['framing']): string {
  let text = '';
  for (const chunk of chunks) text += chunk.toString('latin1');
  if (framing !== 'chunked') return text;
  return bytes === 0 ? '0\r\n\r\n' : `${bytes.toString(16)}\r\n${text}\r\n0\r\n\r\n`;
}

function sizeOf(chunks: readonly Buffer[]): number {
  let bytes = 0;
  for (const chunk of chunks) bytes += chunk.length;
  return bytes;
}

function bodyOf(head: ResponseHead): AnswerBody {
  if (head.framing === 'none') return 'none';
  return head.framing === 'length' ? 'sized' : 'unsized';
}
