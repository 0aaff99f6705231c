import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { BodyDecoder, type BodySink } from './body-decoder.ts';
import type { AnswerBody, ClientExchange, ExchangeHandler } from './client-exchange.ts';
import { breakOff, closeGently } from './close-gently.ts';
import type { FailureCode } from './failures.ts';
import { HeadReader } from './head-reader.ts';
import type { ForwardableRequest } from './request-head.ts';
import type { RawHead } from './request-line.ts';

/** What a connection asks of its listener. */
export interface ClientConnectionOwner {
  readonly maxHeadBytes: number;
  readonly headTimeoutMs: number;
  readonly idleTimeoutMs: number;
  /** Monotonic ms, a little stale: for deadlines only. */
  coarseNow(): number;
  /** A request's head has come; `connection` is the exchange. How it goes on is told by `expect`. */
  onHead(connection: ClientConnection, head: RawHead): void;
  /** What came is no request; the connection is answered and ended by `refuse`. */
  onMalformed(connection: ClientConnection, code: FailureCode, detail: string): void;
  onClosed(connection: ClientConnection): void;
}

/** What a connection must know of a request to read the rest of it and to frame its answer. */
export type ExpectedRequest = Pick<
  ForwardableRequest,
  'method' | 'framing' | 'contentLength' | 'minorVersion' | 'persistent'
>;

/** Bytes that may wait for their turn: requests sent ahead, and a body that nobody reads yet. */
const MAX_HELD_BYTES = 65_536;
/** Above it a write of its own costs less than turning the bytes into text. */
const MAX_TEXT_BYTES = 16_384;

/**
 * One HTTP/1 connection of a client. Its requests go one after another, as their answers do: the second may
 * depend on what the first one writes (RFC 9112, 9.3.2). What is sent ahead waits, within a bound.
 */
export class ClientConnection implements ClientExchange, BodySink {
  readonly socket: Socket;
  readonly remoteAddress: string;
  readonly secure: boolean;
  handler: ExchangeHandler | undefined;
  silenceLimitMs = 0;
  /** Monotonic ms after which a head that is due has not come. */
  deadline: number;
  readonly #owner: ClientConnectionOwner;
  readonly #heads: HeadReader;
  #state: 'head' | 'exchange' | 'upgrade' | 'closing' = 'head';
  /** What has come and was not read yet. */
  #held: Buffer | undefined;
  #advancing = false;
  #clientEnded = false;
  /** Nothing more is read behind this request. */
  #isLast = false;
  /** The listener stops: every answer is its connection's last one. */
  #stopping = false;

  #decoder: BodyDecoder | undefined;
  #bodyFlows = false;
  #minorVersion = 1;
  #answerText = '';
  #chunks = false;
  #isHead = false;
  #bodiless = false;
  #clientIsBehind = false;

  constructor(socket: Socket, owner: ClientConnectionOwner) {
    this.socket = socket;
    this.#owner = owner;
    this.#heads = new HeadReader(owner.maxHeadBytes);
    this.remoteAddress = peerOf(socket);
    this.secure = (socket as TLSSocket).encrypted === true;
    this.deadline = owner.coarseNow() + owner.headTimeoutMs;
    socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
    socket.on('drain', this.#onDrain);
    socket.on('error', this.#onError);
    socket.on('close', this.#onClose);
  }

  // What a listener asks of its connections.

  /** How the request whose head has just been handed out goes on. */
  expect(request: ExpectedRequest): void {
    const { framing, contentLength } = request;
    if (framing === 'chunked') this.#decoder = new BodyDecoder('chunked');
    else if (framing === 'length' && contentLength !== '0')
      this.#decoder = new BodyDecoder(Number(contentLength));
    this.#minorVersion = request.minorVersion;
    this.#isHead = request.method === 'HEAD';
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
    if (this.#held === undefined) this.#close();
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
    if (this.#state === 'head' && this.#held === undefined) this.#close();
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
    const early = this.#held ?? Buffer.alloc(0);
    this.#held = undefined;
    return early;
  }

  // What forwarding asks of an exchange.

  get requestComplete(): boolean {
    return this.#decoder === undefined || this.#decoder.complete;
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
    this.socket.write(`${headText(status, reason, headers)}\r\n`, 'latin1');
  }

  begin(status: number, reason: string, headers: readonly string[], body: AnswerBody): void {
    this.#bodiless = body === 'none' || this.#isHead;
    // An answer before the end of the request: what still comes must not be read as the next one.
    if (!this.requestComplete && !this.#skipBody()) this.#isLast = true;
    if (this.#stopping) this.#isLast = true;
    const unsized = body === 'unsized' && !this.#bodiless;
    this.#chunks = unsized && this.#minorVersion > 0;
    if (unsized && !this.#chunks) this.#isLast = true;
    let text = headText(status, reason, headers);
    if (this.#chunks) text += 'Transfer-Encoding: chunked\r\n';
    this.#answerText = `${text}${this.#isLast ? 'Connection: close\r\n\r\n' : 'Connection: keep-alive\r\n\r\n'}`;
    if (!this.#bodiless) queueMicrotask(this.#flushHead);
  }

  write(chunk: Buffer): boolean {
    const head = this.#takeHead();
    const { socket } = this;
    if (!this.#chunks) {
      if (chunk.length <= MAX_TEXT_BYTES && head !== '')
        socket.write(head + chunk.toString('latin1', 0, chunk.length), 'latin1');
      else this.#writeApart(head, chunk, '');
    } else {
      const size = `${head}${chunk.length.toString(16)}\r\n`;
      if (chunk.length <= MAX_TEXT_BYTES)
        socket.write(`${size}${chunk.toString('latin1', 0, chunk.length)}\r\n`, 'latin1');
      else this.#writeApart(size, chunk, '\r\n');
    }
    return !this.#watchPace();
  }

  end(last?: Buffer): void {
    if (last !== undefined && !this.#bodiless) this.write(last);
    const rest = this.#takeHead() + (this.#chunks ? '0\r\n\r\n' : '');
    if (rest !== '') this.socket.write(rest, 'latin1');
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
    this.#held = this.#held === undefined ? chunk : Buffer.concat([this.#held, chunk]);
    this.#advance();
    if (this.#held !== undefined && this.#held.length > MAX_HELD_BYTES && this.#state !== 'head')
      this.socket.pause();
  };

  readonly #onEnd = (): void => {
    this.#clientEnded = true;
    this.#advance();
  };

  readonly #onDrain = (): void => {
    if (!this.#clientIsBehind) return;
    this.#clientIsBehind = false;
    this.socket.setTimeout(0);
    if (this.#state === 'exchange') this.handler?.onClientReady();
    else this.#advance();
  };

  readonly #onError = (): void => {
    this.socket.destroy();
  };

  readonly #onClose = (): void => {
    this.#leave();
    this.#owner.onClosed(this);
  };

  readonly #onSilence = (): void => {
    breakOff(this.socket);
  };

  readonly #flushHead = (): void => {
    const head = this.#takeHead();
    if (head !== '') this.socket.write(head, 'latin1');
  };

  /** Reads on as far as what is held and whoever answers allow. Not recursive: answers may come at once. */
  #advance(): void {
    if (this.#advancing) return;
    this.#advancing = true;
    while (this.#held !== undefined && this.#readOn());
    this.#advancing = false;
    if (this.#clientEnded) this.#takeLeave();
  }

  /** The client has ended its side, so what is held is all that will come. */
  #takeLeave(): void {
    if (this.#state === 'head') {
      if (this.#held === undefined) this.#close();
      else if (!this.#clientIsBehind)
        this.#owner.onMalformed(this, 'bad_request', 'The request head is incomplete.');
    } else if (this.#state === 'upgrade' || this.#bodyIsCutShort()) {
      this.socket.destroy();
      this.#leave();
    }
  }

  /** Whether there may be more to read now. */
  #readOn(): boolean {
    if (this.#state === 'head') return !this.#clientIsBehind && this.#readHead();
    return this.#state === 'exchange' && this.#bodyFlows && this.#readBody();
  }

  #readHead(): boolean {
    const result = this.#heads.read(this.#held!);
    if (result === undefined) {
      this.deadline = Math.min(this.deadline, this.#owner.coarseNow() + this.#owner.headTimeoutMs);
      return false;
    }
    if ('code' in result) {
      this.#owner.onMalformed(this, result.code, result.detail);
      return false;
    }
    this.#keepFrom(result.end);
    this.#state = 'exchange';
    this.deadline = Number.POSITIVE_INFINITY;
    this.#decoder = undefined;
    this.#bodyFlows = false;
    this.#owner.onHead(this, result.head);
    return true;
  }

  #readBody(): boolean {
    const decoder = this.#decoder;
    const handler = this.handler;
    if (decoder === undefined || decoder.complete || handler === undefined) return false;
    const input = this.#held!;
    const next = decoder.step(input, 0, this);
    if (typeof next === 'string') {
      this.#held = undefined;
      this.#isLast = true;
      handler.onRequestMalformed(`The request has ${next}.`);
      return false;
    }
    // Whoever took the piece may have ended everything.
    if (this.#held === input) this.#keepFrom(next);
    if (decoder.complete && this.handler === handler) handler.onRequestEnd();
    return next > 0;
  }

  /** Reads away a body that nobody wants, when all of it is here. */
  #skipBody(): boolean {
    const decoder = this.#decoder!;
    if (this.#bodyFlows) return false;
    let offset = 0;
    while (this.#held !== undefined && !decoder.complete && offset < this.#held.length) {
      const next = decoder.step(this.#held, offset, nobody);
      if (typeof next === 'string' || next === offset) return false;
      offset = next;
    }
    if (decoder.complete) this.#keepFrom(offset);
    return decoder.complete;
  }

  /** The client has ended its side, and what of the body is held will not complete it. */
  #bodyIsCutShort(): boolean {
    return (
      this.#state === 'exchange' && !this.requestComplete && (this.#bodyFlows || this.#held === undefined)
    );
  }

  /** Whether the client is behind what it was sent; then it has a limited time to take some. */
  #watchPace(): boolean {
    const { socket } = this;
    this.#clientIsBehind = socket.writableNeedDrain;
    if (!this.#clientIsBehind || socket.timeout) return this.#clientIsBehind;
    socket.setTimeout(this.silenceLimitMs);
    if (socket.listenerCount('timeout') === 0) socket.on('timeout', this.#onSilence);
    return true;
  }

  #keepFrom(offset: number): void {
    const held = this.#held!;
    this.#held = offset >= held.length ? undefined : held.subarray(offset);
  }

  #takeHead(): string {
    const text = this.#answerText;
    this.#answerText = '';
    return text;
  }

  #writeApart(before: string, chunk: Buffer, after: string): void {
    const { socket } = this;
    if (before === '' && after === '') {
      socket.write(chunk);
      return;
    }
    socket.cork();
    if (before !== '') socket.write(before, 'latin1');
    socket.write(chunk);
    if (after !== '') socket.write(after, 'latin1');
    socket.uncork();
  }

  #onAnswered(): void {
    this.handler = undefined;
    this.#watchPace();
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
    const isQuiet = this.#held === undefined && this.requestComplete;
    this.#state = 'closing';
    this.#held = undefined;
    if (isQuiet && !this.#clientIsBehind) this.socket.destroySoon();
    else closeGently(this.socket);
  }

  /** Nothing more goes either way. */
  #leave(): void {
    const { handler } = this;
    this.handler = undefined;
    this.#state = 'closing';
    this.#held = undefined;
    handler?.onClientClosed();
  }
}

const nobody: BodySink = { onBody() {} };

function headText(status: number, reason: string, headers: readonly string[]): string {
  let text = `HTTP/1.1 ${status} ${reason}\r\n`;
  for (let i = 0; i < headers.length; i += 2) text += `${headers[i]}: ${headers[i + 1]}\r\n`;
  return text;
}

function peerOf(socket: Socket): string {
  const address = socket.remoteAddress ?? 'unknown';
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}
