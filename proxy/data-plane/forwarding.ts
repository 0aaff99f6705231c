import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIdempotentMethod, isSafeMethod } from '../routing/model.ts';
import type { ExchangeCapture } from '../shadow/capture.ts';
import { answerHeaders } from './answer-headers.ts';
import { answerProblem } from './answer-problem.ts';
import { breakOff, closeGentlyAfterAnswer } from './close-gently.ts';
import type { Failure, FailureCode } from './failures.ts';
import { type ForwardableRequest, headFor } from './request-head.ts';
import type { ResponseHead } from './response-head.ts';
import type { AnsweredBy } from './traffic-counts.ts';
import type { ExchangeSink, UpstreamConnection } from './upstream-connection.ts';
import type { UpstreamPool, Waiter } from './upstream-pool.ts';

const nothing = Buffer.alloc(0);

/** One side that can answer, with the path that the request has there. */
export interface Destination {
  readonly side: AnsweredBy;
  readonly pool: UpstreamPool;
  readonly target: string;
}

/** What is done with the outcome; each forwarding calls exactly one of the first two, once. */
export interface ForwardingOutcome {
  /** The upstream's answer was handed to the client whole. */
  onAnswered(side: AnsweredBy, status: number): void;
  /** The client got our own answer, half an answer, or left (`client_closed`). */
  onFailed(side: AnsweredBy, failure: Failure): void;
  /** The monolith is asked instead of the service. */
  onFallback(failure: Failure): void;
}

export interface ForwardingJob {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly request: ForwardableRequest;
  readonly destination: Destination;
  /** The monolith, when the destination is the service. */
  readonly fallback: Destination | undefined;
  readonly capture: ExchangeCapture | undefined;
  /** Flat headers added to the answer, for debugging. */
  readonly extraHeaders: (side: AnsweredBy) => readonly string[];
  readonly outcome: ForwardingOutcome;
}

/** Above it a second write costs less than turning the body into text. */
const MAX_TEXT_BODY_BYTES = 16_384;

/**
 * Carries one request to an upstream and its answer back, both streaming, each side held back by the
 * other's pace. Second tries follow two rules, and only while the client has seen nothing and no byte of
 * the request's body was taken:
 * - an idempotent request whose connection closed without a byte of answer goes once more, on a new one;
 * - a request meant for the service goes to the monolith when nothing was sent or its method is safe.
 */
export class Forwarding implements ExchangeSink, Waiter {
  readonly #job: ForwardingJob;
  #destination: Destination;
  #connection: UpstreamConnection | undefined;
  #bodyTaken = false;
  #retried = false;
  #headSeen = false;
  /** Node has the head and nothing of the body, so it has sent nothing yet. */
  #headWaits = false;
  #clientIsBehind = false;
  #status = 0;
  #done = false;

  constructor(job: ForwardingJob) {
    this.#job = job;
    this.#destination = job.destination;
  }

  start(): void {
    this.#job.res.on('close', () => this.#onClientClosed());
    this.#destination.pool.acquire(this);
  }

  refuseRest(): void {
    if (this.#done) return;
    this.#giveUp('bad_request', 'the rest of the request is malformed');
    if (this.#headSeen) breakOff(this.#job.req.socket);
    else
      answerProblem(this.#job.res, 'bad_request', this.#job.request.id, 'The request has a malformed body.');
  }

  onConnection(connection: UpstreamConnection): void {
    const { pool, target } = this.#destination;
    if (this.#done) {
      pool.giveBack(connection);
      return;
    }
    const { request } = this.#job;
    if (!connection.begin(this, request.method, headFor(request, pool.upstream, target, ''))) {
      pool.acquire(this);
      return;
    }
    this.#connection = connection;
    this.#sendBody(connection);
  }

  onUnavailable(failure: Failure): void {
    this.onFailure(failure);
  }

  /** RFC 9110, 15.2: passed on, but 100 only to a client that waits for it, and none to HTTP/1.0. */
  onInformation(head: ResponseHead): void {
    const { res, req, request } = this.#job;
    if (head.status === 100 ? !request.expectsContinue : req.httpVersionMinor === 0) return;
    if (head.status === 100) res.writeContinue();
    else res.writeInformation(head.status, answerHeaders(head, false));
  }

  onHead(head: ResponseHead): void {
    const { res, req, capture, extraHeaders } = this.#job;
    this.#headSeen = true;
    this.#status = head.status;
    capture?.answerHead(head.status, head.headers);
    const headers = answerHeaders(head, req.httpVersionMinor > 0);
    headers.push(...extraHeaders(this.#destination.side));
    // An answer before the end of the request: what still comes must not be read as the next one.
    if (!this.#requestIsComplete()) {
      headers.push('Connection', 'close');
      closeGentlyAfterAnswer(req.socket);
    }
    res.sendDate = false;
    res.writeHead(head.status, head.reason, headers);
    // Node keeps the head back for the first body bytes; when none came along they may be long in coming.
    this.#headWaits = true;
    if (head.framing !== 'none') queueMicrotask(() => this.#flushHead());
  }

  onBody(chunk: Buffer, last: boolean): void {
    const { res, capture } = this.#job;
    this.#headWaits = false;
    capture?.answerBody.add(chunk);
    if (last) {
      if (chunk.length <= MAX_TEXT_BODY_BYTES) res.end(chunk.toString('latin1'), 'latin1');
      else res.end(chunk);
      this.#succeed();
    } else if (!res.write(chunk) && !this.#clientIsBehind) {
      this.#waitForClient();
    }
  }

  onEnd(): void {
    this.#job.res.end();
    this.#succeed();
  }

  onWritable(): void {
    this.#job.req.resume();
  }

  onFailure(failure: Failure): void {
    this.#connection = undefined;
    if (this.#done) return;
    if (this.#headSeen) {
      // Half an answer must not look whole: no last chunk, no clean end.
      breakOff(this.#job.req.socket);
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
      answerProblem(this.#job.res, failure.code, this.#job.request.id);
    }
  }

  #mayRetry(failure: Failure): boolean {
    if (this.#retried || this.#bodyTaken || failure.answered) return false;
    return failure.code === 'upstream_closed' && isIdempotentMethod(this.#job.request.method);
  }

  #mayFallBack(failure: Failure): boolean {
    if (!this.#job.fallback || this.#destination === this.#job.fallback || this.#bodyTaken) return false;
    return !failure.sent || isSafeMethod(this.#job.request.method);
  }

  #sendBody(connection: UpstreamConnection): void {
    const { request, req, capture } = this.#job;
    if (request.framing === 'none' || request.contentLength === '0') {
      connection.requestComplete();
      return;
    }
    this.#bodyTaken = true;
    const chunked = request.framing === 'chunked';
    req.on('data', (chunk: Buffer) => {
      capture?.requestBody.add(chunk);
      if (!this.#pass(chunk, chunked)) req.pause();
    });
    req.on('end', () => {
      if (chunked) this.#connection?.send('0\r\n\r\n');
      this.#connection?.requestComplete();
    });
    req.on('error', () => this.#onClientClosed());
  }

  /** False when the upstream wants the client to wait. Bytes that come after a failure are let go. */
  #pass(chunk: Buffer, chunked: boolean): boolean {
    const connection = this.#connection;
    if (!connection) return true;
    if (!chunked) return connection.send(chunk);
    connection.send(`${chunk.length.toString(16)}\r\n`);
    connection.send(chunk);
    return connection.send('\r\n');
  }

  #requestIsComplete(): boolean {
    const { request, req } = this.#job;
    return request.framing === 'none' || request.contentLength === '0' || req.complete;
  }

  /** Not by `flushHeaders`, which would write the head's latin1 as UTF-8. */
  #flushHead(): void {
    if (this.#headWaits && !this.#done) this.#job.res.write(nothing);
  }

  /** Until it has taken what it was sent, nothing more is read for it. */
  #waitForClient(): void {
    this.#clientIsBehind = true;
    this.#connection?.pause();
    this.#limitClientSilence();
    this.#job.res.once('drain', () => {
      this.#clientIsBehind = false;
      this.#job.req.socket.setTimeout(0);
      this.#connection?.resume();
    });
  }

  /** A client that takes not one byte for this long is given up. */
  #limitClientSilence(): void {
    const { req, res } = this.#job;
    if (res.listenerCount('timeout') === 0) res.on('timeout', () => breakOff(req.socket));
    req.socket.setTimeout(this.#destination.pool.upstream.idleTimeoutMs);
  }

  #onClientClosed(): void {
    if (!this.#done) this.#giveUp('client_closed', 'the client closed first');
  }

  /** The upstream must not take what it has of a request for the whole. */
  #giveUp(code: FailureCode, detail: string): void {
    this.#destination.pool.forget(this);
    this.#connection?.abort();
    this.#connection = undefined;
    this.#fail({ code, detail, sent: true, answered: this.#headSeen });
  }

  #succeed(): void {
    this.#connection = undefined;
    this.#done = true;
    if (!this.#job.res.writableFinished) this.#limitClientSilence();
    this.#job.outcome.onAnswered(this.#destination.side, this.#status);
  }

  #fail(failure: Failure): void {
    this.#done = true;
    this.#job.outcome.onFailed(this.#destination.side, failure);
  }
}
