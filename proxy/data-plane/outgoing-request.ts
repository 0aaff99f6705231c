import type { ClientExchange } from './client-exchange.ts';
import type { ForwardableRequest } from './request-head.ts';
import type { ExchangeSink, UpstreamConnection } from './upstream-connection.ts';

/** Above it a write of its own costs less than turning the body into text. */
const MAX_TEXT_BODY_BYTES = 12_288;
/** Kept until the answer begins, so that the request can be made again. */
const MAX_KEPT_BODY_BYTES = 65_536;

const nothing: readonly Buffer[] = [];

/**
 * A request on its way to an upstream: head and body, as fast as the upstream takes them. A small body that is
 * all here is kept until the answer begins, so that it can be sent again on another connection.
 */
export class OutgoingRequest {
  readonly #request: ForwardableRequest;
  readonly #exchange: ClientExchange;
  #connection: UpstreamConnection | undefined;
  /** Body bytes that have come: to go out with the next turn of the event loop, or kept for a second try. */
  #chunks: Buffer[] | undefined;
  #isWhole = false;
  #endSent = false;
  #bodyGone = false;

  constructor(request: ForwardableRequest, exchange: ClientExchange) {
    this.#request = request;
    this.#exchange = exchange;
  }

  /** The connection it is sent on, until `stop`. */
  get connection(): UpstreamConnection | undefined {
    return this.#connection;
  }

  /** Body bytes have gone that are kept nowhere: it can't be sent again. */
  get bodyGone(): boolean {
    return this.#bodyGone;
  }

  /** Begins on `connection`, which tells `sink` of the answer. False when the connection broke meanwhile: nothing was sent. */
  sendOn(connection: UpstreamConnection, sink: ExchangeSink, head: string): boolean {
    return this.#isWhole || this.#exchange.requestComplete
      ? this.#sendWhole(connection, sink, head)
      : this.#sendFirst(connection, sink, head);
  }

  /**
   * Not passed on at once: an upstream that answers early and closes resets the connection, and a write into
   * that would cost the answer, which by the next turn has been read.
   */
  addBody(chunk: Buffer): void {
    if (this.#chunks !== undefined) {
      this.#chunks.push(chunk);
      return;
    }
    this.#chunks = [chunk];
    if (this.#connection !== undefined) setImmediate(() => this.#sendChunks());
  }

  /** All of the body has been added. */
  end(): void {
    this.#isWhole = true;
    if (this.#chunks === undefined && this.#connection !== undefined) this.#sendChunks();
  }

  /** The answer begins: nothing is sent again, so nothing need be kept. */
  forgetKept(): void {
    if (this.#isWhole) this.#chunks = undefined;
  }

  /** Nothing more goes to the connection that it had. */
  stop(): void {
    this.#connection = undefined;
  }

  /** What is all here goes out in one write, or nearly, and is kept for a second try while it is small. */
  #sendWhole(connection: UpstreamConnection, sink: ExchangeSink, head: string): boolean {
    const { method, framing } = this.#request;
    const chunks = this.#chunks ?? nothing;
    const bytes = sizeOf(chunks);
    const fits = bytes <= MAX_TEXT_BODY_BYTES;
    const { socket } = connection;
    if (!fits) socket.cork();
    const begun = connection.begin(sink, method, fits ? head + bodyText(chunks, bytes, framing) : head);
    if (begun) {
      this.#connection = connection;
      this.#endSent = fits;
      if (fits) connection.requestComplete();
      else this.#sendChunks();
      this.#bodyGone = bytes > MAX_KEPT_BODY_BYTES;
      if (!this.#bodyGone && chunks.length > 0) this.#chunks = [...chunks];
    }
    if (!fits) socket.uncork();
    return begun;
  }

  /** The head, and what has come of the body the turn after next: what the head brings about is read before. */
  #sendFirst(connection: UpstreamConnection, sink: ExchangeSink, head: string): boolean {
    if (!connection.begin(sink, this.#request.method, head)) {
      this.#exchange.pauseBody();
      return false;
    }
    this.#connection = connection;
    this.#bodyGone = true;
    this.#exchange.resumeBody();
    if (this.#chunks !== undefined) setImmediate(() => setImmediate(() => this.#sendChunks()));
    return true;
  }

  #sendChunks(): void {
    const chunks = this.#chunks ?? nothing;
    const connection = this.#connection;
    this.#chunks = undefined;
    // After a failure they are let go.
    if (!connection) return;
    const chunked = this.#request.framing === 'chunked';
    let goOn = true;
    if (chunked && chunks.length > 0) connection.send(`${sizeOf(chunks).toString(16)}\r\n`);
    for (const chunk of chunks) goOn = connection.send(chunk);
    if (chunked && chunks.length > 0) goOn = connection.send('\r\n');
    if (this.#isWhole && !this.#endSent) {
      this.#endSent = true;
      if (chunked) connection.send('0\r\n\r\n');
      connection.requestComplete();
    } else if (!goOn) {
      this.#exchange.pauseBody();
    }
  }
}

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
