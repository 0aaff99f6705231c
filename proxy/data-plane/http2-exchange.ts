import { constants, type ServerHttp2Stream, type ServerStreamResponseOptions } from 'node:http2';
import type { AnswerBody, ClientExchange, ExchangeHandler } from './client-exchange.ts';

/** For answers of our own, which nobody sets a limit for. */
const DEFAULT_SILENCE_LIMIT_MS = 30_000;

/** Statuses without content, whatever their upstream says. */
const isBodiless = (status: number): boolean => status === 204 || status === 205 || status === 304;

/** Date is the upstream's to say. (The option is missing from the library's types.) */
type AnswerOptions = ServerStreamResponseOptions & { readonly sendDate: boolean };
const headAlone: AnswerOptions = { endStream: true, sendDate: false };
const headOfWhole: AnswerOptions = { sendDate: false };
/**
 * However a stream is broken off, the library first ends what is written on it: half an answer would look
 * whole. With trailers to come it takes our word for the end, `sendTrailers`.
 */
const headOfFirstPart: AnswerOptions = { waitForTrailers: true, sendDate: false };

/** The library holds on to what it is given until it is sent, and chunks are only lent. */
const kept = (chunk: Buffer): Buffer => Buffer.from(chunk);

/** One stream of an HTTP/2 connection: a client's request and the answer to it. */
export class Http2Exchange implements ClientExchange {
  handler: ExchangeHandler | undefined;
  silenceLimitMs = 0;
  readonly #stream: ServerHttp2Stream;
  #requestComplete: boolean;
  #bodyFlows = false;
  /** The head, until the first bytes of the body or the end of the turn take it along. */
  #head: string[] | undefined;
  /** Nothing is written behind the head. */
  #bodiless: boolean;
  #answered = false;
  #trailers: readonly string[] | undefined;
  #brokenOff = false;
  #silence: NodeJS.Timeout | undefined;
  /** Bytes that waited for the client when `#silence` began. */
  #waiting = 0;

  /** `onClosed` is told whether the client broke the request off, or made us do it. */
  constructor(stream: ServerHttp2Stream, isHead: boolean, onClosed: (wasReset: boolean) => void) {
    this.#stream = stream;
    this.#requestComplete = stream.endAfterHeaders;
    this.#bodiless = isHead;
    stream.on('end', () => this.#onRequestEnd());
    stream.on('drain', () => this.#onDrain());
    stream.on('wantTrailers', () => this.#onWritten());
    stream.on('finish', () => clearTimeout(this.#silence));
    stream.on('aborted', () => this.#leave());
    stream.on('close', () => {
      this.#leave();
      const wentWell = this.#answered && stream.rstCode === constants.NGHTTP2_NO_ERROR;
      onClosed(!wentWell && !this.#brokenOff);
    });
  }

  get requestComplete(): boolean {
    return this.#requestComplete;
  }

  readBody(): void {
    if (this.#bodyFlows) return;
    this.#bodyFlows = true;
    this.#stream.on('data', (chunk: Buffer) => {
      if (chunk.length > 0) this.handler?.onRequestBody(chunk);
    });
  }

  pauseBody(): void {
    this.#stream.pause();
  }

  resumeBody(): void {
    if (this.#bodyFlows) this.#stream.resume();
  }

  inform(status: number, _reason: string, headers: readonly string[]): void {
    if (!this.#isOpen || this.#stream.headersSent) return;
    this.#stream.additionalHeaders({ ...fieldsOf(headers), ':status': status });
  }

  begin(status: number, _reason: string, headers: readonly string[], body: AnswerBody): void {
    if (!this.#isOpen) return;
    // HTTP/1 has statuses up to 999, the library up to 599.
    if (status > 599) {
      this.#brokenOff = true;
      process.nextTick(() => this.#stream.close(constants.NGHTTP2_INTERNAL_ERROR));
      return;
    }
    this.#bodiless ||= body === 'none' || isBodiless(status);
    const list = [':status', String(status)];
    for (let i = 0; i < headers.length; i += 2) list.push(headers[i]!.toLowerCase(), headers[i + 1]!);
    this.#head = list;
    if (this.#bodiless) this.#sendHead(headAlone);
    else queueMicrotask(() => this.#sendHead(headOfFirstPart));
  }

  write(chunk: Buffer): boolean {
    this.#sendHead(headOfFirstPart);
    if (!this.#mayWrite || this.#stream.write(kept(chunk))) return true;
    this.#watchPace();
    return false;
  }

  end(last?: Buffer, trailers?: readonly string[]): void {
    this.handler = undefined;
    this.#answered = true;
    const isWhole = this.#head !== undefined && trailers === undefined;
    this.#trailers = trailers;
    this.#sendHead(isWhole ? headOfWhole : headOfFirstPart);
    if (this.#mayWrite) this.#stream.end(last && kept(last));
    if (!this.#stream.writableFinished) this.#watchPace();
    if (isWhole || this.#bodiless) this.#forgetRequest();
  }

  abort(): void {
    this.handler = undefined;
    this.#brokenOff = true;
    this.#stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  }

  get #isOpen(): boolean {
    return !this.#stream.closed && !this.#stream.destroyed;
  }

  /** A write without a head before it would make the library invent one. */
  get #mayWrite(): boolean {
    return this.#isOpen && this.#stream.headersSent && !this.#bodiless;
  }

  #sendHead(options: AnswerOptions): void {
    const head = this.#head;
    this.#head = undefined;
    if (head !== undefined && this.#isOpen) this.#stream.respond(head, options);
  }

  #onRequestEnd(): void {
    // What a reset cut off ends as well, and is not whole.
    if (this.#stream.closed) return;
    this.#requestComplete = true;
    this.handler?.onRequestEnd();
  }

  /** All parts of the body have gone out. */
  #onWritten(): void {
    if (!this.#answered) return;
    this.#stream.sendTrailers(fieldsOf(this.#trailers ?? []));
    // The end goes out with the next turn, and this must not overtake it.
    setImmediate(() => this.#forgetRequest());
  }

  /** RFC 9113, 8.1: the answer is whole; what still comes of the request nobody wants. */
  #forgetRequest(): void {
    if (this.#requestComplete) return;
    this.#stream.resume();
    this.#stream.close(constants.NGHTTP2_NO_ERROR);
  }

  #onDrain(): void {
    clearTimeout(this.#silence);
    this.handler?.onClientReady();
  }

  /** A client that is behind has a limited time to take the next piece: one write, 64 KiB at most. */
  #watchPace(): void {
    clearTimeout(this.#silence);
    this.#waiting = this.#stream.bufferSize;
    this.#silence = setTimeout(() => {
      if (this.#stream.bufferSize < this.#waiting) this.#watchPace();
      else this.#stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    }, this.silenceLimitMs || DEFAULT_SILENCE_LIMIT_MS);
  }

  /** Nothing more goes either way. */
  #leave(): void {
    const { handler } = this;
    this.handler = undefined;
    clearTimeout(this.#silence);
    handler?.onClientClosed();
  }
}

/** From a flat list, with lower-case names. */
function fieldsOf(flat: readonly string[]): Record<string, string[]> {
  const fields: Record<string, string[]> = Object.create(null);
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i]!.toLowerCase();
    fields[name] ??= [];
    fields[name].push(flat[i + 1]!);
  }
  return fields;
}
