import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { AnswerWriter } from './answer-writer.ts';
import type { BodySink } from './body-decoder.ts';
import type { AnswerBody, ClientExchange, ExchangeHandler } from './client-exchange.ts';
import { Peer } from './client-identity.ts';
import { ClientPace } from './client-pace.ts';
import { breakOff, closeGently } from './close-gently.ts';
import type { FailureCode } from './failures.ts';
import { type Framing, Incoming } from './incoming.ts';
import type { ConnectionOwner, OpenConnection } from './open-connection.ts';
import type { ForwardableRequest } from './request-head.ts';
import type { RawHead } from './request-line.ts';

/** What an HTTP/1 connection asks of its listener. */
export interface ClientConnectionOwner extends ConnectionOwner {
  /** A request's head has come; `connection` is the exchange. How it goes on is told by `expect`. */
  onHead(connection: ClientConnection, head: RawHead): void;
  /** What came is no request; the connection is answered and ended by `refuse`. */
  onMalformed(connection: ClientConnection, code: FailureCode, detail: string): void;
}

/** What a connection must know of a request to read the rest of it and to frame its answer. */
export type ExpectedRequest = Framing & Pick<ForwardableRequest, 'method' | 'minorVersion' | 'persistent'>;

/**
 * One HTTP/1 connection of a client. Its requests go one after another, as their answers do: the second may
 * depend on what the first one writes (RFC 9112, 9.3.2). What is sent ahead waits, within a bound.
 */
export class ClientConnection implements ClientExchange, BodySink, OpenConnection {
  readonly socket: Socket;
  readonly peer: Peer;
  handler: ExchangeHandler | undefined;
  silenceLimitMs = 0;
  /** Monotonic ms after which a head that is due has not come. */
  deadline: number;
  readonly #owner: ClientConnectionOwner;
  readonly #incoming: Incoming;
  readonly #answer: AnswerWriter;
  readonly #pace: ClientPace;
  #state: 'head' | 'exchange' | 'upgrade' | 'closing' = 'head';
  #advancing = false;
  #clientEnded = false;
  /** Nothing more is read behind this request. */
  #isLast = false;
  /** The listener stops: every answer is its connection's last one; later it takes no more connections. */
  #stopping = false;
  #hasStopped = false;
  #farewell: (() => void) | undefined;

  #bodyFlows = false;

  constructor(socket: Socket, owner: ClientConnectionOwner) {
    this.socket = socket;
    this.#owner = owner;
    this.#incoming = new Incoming(owner.maxHeadBytes);
    this.#answer = new AnswerWriter(socket);
    this.#pace = new ClientPace(socket);
    const secure = (socket as TLSSocket).encrypted === true;
    this.peer = new Peer(socket.remoteAddress, secure, owner.trustedProxies);
    this.deadline = owner.coarseNow() + owner.headTimeoutMs;
    socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
    socket.on('drain', this.#onDrain);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#onClosed());
  }

  // What a listener asks of its connections.

  /** How the request whose head has just been handed out goes on. */
  expect(request: ExpectedRequest): void {
    this.#incoming.expectBody(request);
    this.#answer.expect(request);
    if (!request.persistent) this.#isLast = true;
  }

  /** Ends with an answer of the listener's own, in the place of what can't be read as a request. */
  refuse(answer: string): void {
    this.#state = 'closing';
    this.handler = undefined;
    closeGently(this.socket, answer);
  }

  /** The deadline has passed. Who has begun a request is told, who has not is let go. */
  expire(): void {
    this.deadline = Number.POSITIVE_INFINITY;
    if (this.#state !== 'head') return;
    if (this.#incoming.isEmpty) this.#close();
    else this.#owner.onMalformed(this, 'client_timeout', 'The request head did not arrive in time.');
  }

  /** From now on every answer says that it is the last one. */
  letGo(): void {
    this.#stopping = true;
  }

  /** Ends now what is idle, the others after their answer. */
  closeWhenAnswered(): void {
    this.#stopping = true;
    this.#isLast = true;
    this.#hasStopped = true;
    this.#farewell?.();
    if (this.#state === 'head' && this.#incoming.isEmpty) this.#close();
  }

  /** An upgrade: what comes waits until `release`, and is neither read nor answered here. */
  hold(): void {
    this.#state = 'upgrade';
  }

  /** Gives the socket away, with what has come on it and was not read. */
  release(): Buffer {
    const { socket } = this;
    socket.off('data', this.#onData);
    socket.off('end', this.#onEnd);
    socket.off('drain', this.#onDrain);
    return this.#incoming.takeAll();
  }

  /** After `release`: `farewell` is called once when the listener takes no more connections, now if it does so already. */
  atStop(farewell: () => void): void {
    if (this.#hasStopped) farewell();
    else this.#farewell = farewell;
  }

  // What forwarding asks of an exchange.

  get requestComplete(): boolean {
    return this.#incoming.bodyComplete;
  }

  readBody(): void {
    this.resumeBody();
  }

  pauseBody(): void {
    // A client that has sent everything is read on, so that its leaving is noticed.
    if (this.requestComplete) return;
    this.#bodyFlows = false;
    this.socket.pause();
  }

  resumeBody(): void {
    if (this.#bodyFlows) return;
    this.#bodyFlows = true;
    if (this.socket.isPaused()) this.socket.resume();
    this.#advance();
  }

  /** A piece of the body, from its decoder. */
  onBody(chunk: Buffer): void {
    this.handler?.onRequestBody(chunk);
  }

  inform(status: number, reason: string, headers: readonly string[]): void {
    this.#answer.inform(status, reason, headers);
  }

  begin(status: number, reason: string, headers: readonly string[], body: AnswerBody): void {
    // An answer before the end of the request: what still comes must not be read as the next one.
    if (!this.requestComplete && (this.#bodyFlows || !this.#incoming.skipBody())) this.#isLast = true;
    if (this.#stopping) this.#isLast = true;
    this.#isLast = this.#answer.begin(status, reason, headers, body, this.#isLast);
  }

  write(chunk: Buffer): boolean {
    this.#answer.write(chunk);
    return !this.#pace.watch(this.silenceLimitMs);
  }

  end(last?: Buffer, trailers?: readonly string[]): void {
    this.#answer.end(last, trailers);
    this.#onAnswered();
  }

  abort(): void {
    this.#state = 'closing';
    this.handler = undefined;
    breakOff(this.socket);
  }

  // What the socket says.

  readonly #onData = (chunk: Buffer): void => {
    if (this.#state === 'closing') return;
    this.#incoming.add(chunk);
    this.#advance();
    if (this.#incoming.isFull && this.#state !== 'head') this.socket.pause();
  };

  readonly #onEnd = (): void => {
    this.#clientEnded = true;
    this.#advance();
  };

  readonly #onDrain = (): void => {
    if (!this.#pace.caughtUp()) return;
    if (this.#state === 'exchange') this.handler?.onClientReady();
    else this.#advance();
  };

  #onClosed(): void {
    this.#leave();
    this.#owner.onClosed(this);
  }

  /** Reads on as far as what is held and whoever answers allow. Not recursive: answers may come at once. */
  #advance(): void {
    if (this.#advancing) return;
    this.#advancing = true;
    while (!this.#incoming.isEmpty && this.#readOn());
    this.#advancing = false;
    if (this.#clientEnded) this.#takeLeave();
  }

  /** The client has ended its side, so what is held is all that will come. */
  #takeLeave(): void {
    if (this.#state === 'head') {
      if (this.#incoming.isEmpty) this.#close();
      else if (!this.#pace.isBehind)
        this.#owner.onMalformed(this, 'bad_request', 'The request head is incomplete.');
    } else if (this.#state === 'upgrade' || this.#bodyIsCutShort()) {
      this.socket.destroy();
      this.#leave();
    }
  }

  /** Whether there may be more to read now. */
  #readOn(): boolean {
    if (this.#state === 'head') return !this.#pace.isBehind && this.#readHead();
    return this.#state === 'exchange' && this.#bodyFlows && this.#readBody();
  }

  #readHead(): boolean {
    const result = this.#incoming.readHead();
    if (result === undefined) {
      this.deadline = Math.min(this.deadline, this.#owner.coarseNow() + this.#owner.headTimeoutMs);
      return false;
    }
    if ('code' in result) {
      this.#owner.onMalformed(this, result.code, result.detail);
      return false;
    }
    this.#state = 'exchange';
    this.deadline = Number.POSITIVE_INFINITY;
    this.#bodyFlows = false;
    this.#owner.onHead(this, result);
    return true;
  }

  #readBody(): boolean {
    const { handler } = this;
    if (this.requestComplete || handler === undefined) return false;
    const read = this.#incoming.readBody(this);
    if (typeof read === 'string') {
      this.#isLast = true;
      handler.onRequestMalformed(`The request has ${read}.`);
      return false;
    }
    if (this.requestComplete && this.handler === handler) handler.onRequestEnd();
    return read;
  }

  /** The client has ended its side, and what of the body is held will not complete it. */
  #bodyIsCutShort(): boolean {
    return this.#state === 'exchange' && !this.requestComplete && (this.#bodyFlows || this.#incoming.isEmpty);
  }

  #onAnswered(): void {
    this.handler = undefined;
    this.#pace.watch(this.silenceLimitMs);
    if (this.#isLast || !this.requestComplete) {
      this.#close();
      return;
    }
    this.#state = 'head';
    this.deadline = this.#owner.coarseNow() + this.#owner.idleTimeoutMs;
    if (this.socket.isPaused()) this.socket.resume();
    this.#advance();
  }

  /** A client that may still be sending gets to read its last answer first. */
  #close(): void {
    const isQuiet = this.#incoming.isEmpty && this.requestComplete;
    this.#state = 'closing';
    this.#incoming.clear();
    if (isQuiet && !this.#pace.isBehind) this.socket.destroySoon();
    else closeGently(this.socket);
  }

  /** Nothing more goes either way. */
  #leave(): void {
    const { handler } = this;
    this.handler = undefined;
    this.#state = 'closing';
    this.#incoming.clear();
    handler?.onClientClosed();
  }
}
