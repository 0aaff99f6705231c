import type net from 'node:net';
import type { Upstream } from '../routing/model.ts';
import { connectAndRead } from './connect-to.ts';
import type { Failure, FailureCode } from './failures.ts';
import type { ResponseHead } from './response-head.ts';
import { ResponseParser, type ResponseSink } from './response-parser.ts';

/** Who an answer goes to. After `onEnd`, a last `onBody`, or `onFailure` nothing more is called. */
export interface ExchangeSink extends ResponseSink {
  onFailure(failure: Failure): void;
  /** The upstream takes request bytes again after `send` returned false. */
  onWritable(): void;
}

/** What a connection tells its pool. */
export interface ConnectionOwner {
  onConnected(connection: UpstreamConnection): void;
  onReusable(connection: UpstreamConnection): void;
  onClosed(connection: UpstreamConnection): void;
  /** The head of an answer came. */
  onAnswered(): void;
  /** An exchange ended without a whole answer, by what may be the upstream's fault. */
  onFault(code: FailureCode): void;
  /** Monotonic ms, a little stale: for deadlines only. */
  coarseNow(): number;
}

/** Slower is no upload but a connection taken away; Kestrel draws the same line. */
const MIN_UPLOAD_BYTES_PER_S = 240;

/** One keep-alive connection to an upstream; carries one exchange at a time. */
export class UpstreamConnection implements ResponseSink {
  readonly upstream: Upstream;
  readonly socket: net.Socket;
  /** Monotonic ms after which the current stage has taken too long. */
  deadline: number;
  connected = false;
  /** It is not used again once its exchange is over. */
  isRetired = false;
  #owner: ConnectionOwner;
  #parser = new ResponseParser(this);
  #sink: ExchangeSink | undefined;
  #head: ResponseHead | undefined;
  #sent = false;
  #isUsed = false;
  #answered = false;
  #requestEnded = false;
  #waitingForDrain = false;
  #beganAt = 0;
  #bodyBytesSent = 0;
  #isPaused = false;

  constructor(upstream: Upstream, owner: ConnectionOwner) {
    this.upstream = upstream;
    this.#owner = owner;
    this.deadline = owner.coarseNow() + upstream.connectTimeoutMs;
    this.socket = connectAndRead(upstream, (chunk) => this.#onData(chunk));
    this.socket.on('error', (error: NodeJS.ErrnoException) => {
      // A reset that is read before the connect is noticed: it was accepted all the same.
      const wasConnected = this.connected || error.code === 'ECONNRESET';
      this.#fail(wasConnected ? 'upstream_closed' : 'upstream_connect', textOf(error));
    });
    this.socket.on(upstream.protocol === 'https:' ? 'secureConnect' : 'connect', () => this.#onConnect());
    this.socket.on('end', () => this.#onUpstreamEnd());
    this.socket.on('close', () => this.#onClose());
    this.socket.on('drain', () => this.#onDrain());
  }

  /** Starts an exchange. False when the connection has broken meanwhile: nothing was sent. */
  begin(sink: ExchangeSink, method: string, head: string): boolean {
    if (this.socket.destroyed || this.socket.readableLength > 0) {
      this.destroy();
      return false;
    }
    this.#sink = sink;
    this.#head = undefined;
    this.#sent = true;
    this.#answered = false;
    this.#requestEnded = false;
    this.#waitingForDrain = false;
    this.#parser.begin(method);
    this.#beganAt = this.#owner.coarseNow();
    this.#bodyBytesSent = 0;
    this.deadline = this.#beganAt + this.upstream.responseTimeoutMs;
    this.socket.write(head, 'latin1');
    return true;
  }

  /** Sends request body bytes; false asks the caller to wait for `onWritable`. */
  send(chunk: Buffer | string): boolean {
    if (!this.#isPaused) this.deadline = this.#owner.coarseNow() + this.upstream.responseTimeoutMs;
    this.#bodyBytesSent += chunk.length;
    if (typeof chunk === 'string') this.socket.write(chunk, 'latin1');
    else this.socket.write(chunk);
    // A write that reached the mark counts as one to wait for even when the kernel took it whole.
    this.#waitingForDrain = this.socket.writableNeedDrain && this.socket.writableLength > 0;
    return !this.#waitingForDrain;
  }

  /** The whole request has been handed over. */
  requestComplete(): void {
    this.#requestEnded = true;
    if (this.#head && this.#parser.complete) this.#release();
  }

  pause(): void {
    this.#isPaused = true;
    this.socket.pause();
    // A client that reads slowly is not the upstream's fault.
    this.deadline = Number.POSITIVE_INFINITY;
  }

  resume(): void {
    this.#isPaused = false;
    this.deadline = this.#owner.coarseNow() + this.upstream.idleTimeoutMs;
    this.socket.resume();
  }

  /** Gives up the exchange: nobody waits for its answer any more. */
  abort(): void {
    this.#sink = undefined;
    this.destroy();
  }

  destroy(): void {
    this.socket.destroy();
  }

  /** Whether its client sends so slowly that whoever waits for a connection has the better claim to it. */
  isHeldBySlowUpload(now: number): boolean {
    if (!this.#sink || this.#requestEnded || this.#waitingForDrain || this.#head) return false;
    const tookMs = now - this.#beganAt;
    return (
      tookMs > this.upstream.responseTimeoutMs && this.#bodyBytesSent * 1000 < MIN_UPLOAD_BYTES_PER_S * tookMs
    );
  }

  giveUpUpload(): void {
    this.#fail('client_timeout', 'the request body came too slowly while others waited');
  }

  /** Called when the deadline has passed. */
  expire(): void {
    if (!this.connected)
      this.#fail('upstream_connect_timeout', `no connection within ${this.upstream.connectTimeoutMs} ms`);
    else if (this.#sink && this.#waitingForDrain)
      this.#fail('upstream_timeout', `took no request bytes for ${this.upstream.responseTimeoutMs} ms`);
    else if (this.#sink && !this.#requestEnded)
      this.#fail('client_timeout', 'the request body stopped coming');
    else if (this.#head) this.#fail('upstream_timeout', `silent for ${this.upstream.idleTimeoutMs} ms`);
    else if (this.#sink)
      this.#fail('upstream_timeout', `no answer within ${this.upstream.responseTimeoutMs} ms`);
    else this.destroy();
  }

  onInformation(head: ResponseHead): void {
    this.#touch();
    this.#sink?.onInformation(head);
  }

  onHead(head: ResponseHead): void {
    this.#head = head;
    this.#touch();
    this.#owner.onAnswered();
    this.#sink?.onHead(head);
  }

  onBody(chunk: Buffer, last: boolean): void {
    this.#touch();
    const sink = this.#sink;
    if (last) this.#sink = undefined;
    sink?.onBody(chunk, last);
    if (last) this.#complete();
  }

  onTrailers(trailers: readonly string[]): void {
    this.#sink?.onTrailers?.(trailers);
  }

  onEnd(): void {
    const sink = this.#sink;
    this.#sink = undefined;
    sink?.onEnd();
    this.#complete();
  }

  #onConnect(): void {
    this.connected = true;
    this.deadline = Number.POSITIVE_INFINITY;
    this.#owner.onConnected(this);
  }

  #onData(chunk: Buffer): void {
    // Nobody asked: what an idle connection says must never become somebody's answer.
    if (this.#sink === undefined) {
      this.destroy();
      return;
    }
    this.#answered = true;
    const problem = this.#parser.execute(chunk);
    if (problem === undefined) return;
    // Once an answer is complete its client has it; the bytes behind it only cost the connection.
    if (this.#sink === undefined) this.destroy();
    else this.#fail('upstream_invalid', problem);
  }

  #onUpstreamEnd(): void {
    if (this.#sink !== undefined) {
      const problem = this.#parser.finish();
      if (problem !== undefined) this.#fail('upstream_closed', problem);
    }
    this.destroy();
  }

  #onClose(): void {
    this.#fail(this.connected ? 'upstream_closed' : 'upstream_connect', 'connection closed');
    this.#owner.onClosed(this);
  }

  #onDrain(): void {
    if (!this.#waitingForDrain) return;
    this.#waitingForDrain = false;
    this.#sink?.onWritable();
  }

  /** The answer is whole. Before the request is, the connection can't be trusted with another. */
  #complete(): void {
    if (this.#requestEnded) this.#release();
    else this.destroy();
  }

  #release(): void {
    this.#isUsed = true;
    if (!this.#head?.reusable || this.isRetired || this.socket.destroyed) {
      this.destroy();
      return;
    }
    if (this.#isPaused) this.resume();
    this.#owner.onReusable(this);
  }

  /** How long it may lie idle: under the upstream's own limit by a second, so that it never closes first. */
  idleLimitMs(defaultMs: number): number {
    const hint = this.#head?.keepAliveTimeoutMs;
    return hint === undefined ? defaultMs : Math.min(defaultMs, hint - 1000);
  }

  #touch(): void {
    if (!this.#isPaused) this.deadline = this.#owner.coarseNow() + this.upstream.idleTimeoutMs;
  }

  #fail(code: FailureCode, detail: string): void {
    const sink = this.#sink;
    this.#sink = undefined;
    this.socket.destroy();
    const isStale = code === 'upstream_closed' && this.#isUsed && !this.#answered;
    if (sink && !isStale) this.#owner.onFault(code);
    if (sink) sink.onFailure({ code, detail, sent: this.#sent, answered: this.#answered, stale: isStale });
    else if (!this.connected) this.connectFailure ??= { code, detail, sent: false, answered: false };
  }

  /** Why it never connected, for those who wait for it. */
  connectFailure: Failure | undefined;
}

function textOf(error: Error): string {
  if (error instanceof AggregateError && error.errors.length > 0) return textOf(error.errors[0] as Error);
  return error.message;
}
