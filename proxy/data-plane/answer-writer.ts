import type { Socket } from 'node:net';
import type { AnswerBody } from './client-exchange.ts';
import { READ_BYTES } from './connect-to.ts';
import type { ForwardableRequest } from './request-head.ts';

/** Writes one answer after another to a client in HTTP/1 form, in as few writes as there can be. */
export class AnswerWriter {
  readonly #socket: Socket;
  /** The head, until the first bytes of the body or the end of the turn take it along. */
  #head = '';
  #chunks = false;
  #minorVersion = 1;
  #isHead = false;
  /** Nothing goes out behind the head. */
  #bodiless = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** The request that the next answer is for. */
  expect({ method, minorVersion }: Pick<ForwardableRequest, 'method' | 'minorVersion'>): void {
    this.#isHead = method === 'HEAD';
    this.#minorVersion = minorVersion;
  }

  inform(status: number, reason: string, headers: readonly string[]): void {
    this.#socket.write(`${headText(status, reason, headers)}\r\n`, 'latin1');
  }

  /**
   * Begins the answer. A body whose length nobody knows is given chunks, or ends with the connection where those
   * are not known. Returns whether the connection ends with it; that it must is said by `isLast`.
   */
  begin(
    status: number,
    reason: string,
    headers: readonly string[],
    body: AnswerBody,
    isLast: boolean,
  ): boolean {
    this.#bodiless = body === 'none' || this.#isHead;
    const unsized = body === 'unsized' && !this.#bodiless;
    this.#chunks = unsized && this.#minorVersion > 0;
    const ends = isLast || (unsized && !this.#chunks);
    this.#head = `${headText(status, reason, headers)}Connection: ${ends ? 'close' : 'keep-alive'}\r\n${this.#chunks ? 'Transfer-Encoding: chunked\r\n\r\n' : '\r\n'}`;
    if (!this.#bodiless) queueMicrotask(this.#flushHead);
    return ends;
  }

  /** Sends the head ahead when nothing of the body came along with it. */
  readonly #flushHead = (): void => {
    const head = this.#takeHead();
    if (head !== '') this.#socket.write(head, 'latin1');
  };

  write(chunk: Buffer): void {
    const before = this.#chunks ? `${this.#takeHead()}${chunk.length.toString(16)}\r\n` : this.#takeHead();
    const after = this.#chunks ? '\r\n' : '';
    // As text it is a copy, which one that is lent needs anyhow, and goes out with the head in one write.
    if (chunk.length <= MAX_TEXT_BYTES)
      this.#socket.write(before + chunk.toString('latin1') + after, 'latin1');
    else this.#writeApart(before, chunk, after);
  }

  /** Ends with the last bytes of the body, if there are any left. Only chunks have room for trailers. */
  end(last?: Buffer, trailers: readonly string[] = []): void {
    if (last !== undefined && !this.#bodiless) this.write(last);
    const rest = this.#chunks ? `${this.#takeHead()}0\r\n${linesOf(trailers)}\r\n` : this.#takeHead();
    if (rest !== '') this.#socket.write(rest, 'latin1');
  }

  #takeHead(): string {
    const head = this.#head;
    this.#head = '';
    return head;
  }

  #writeApart(before: string, lent: Buffer, after: string): void {
    const socket = this.#socket;
    if (spare.length < lent.length) spare = Buffer.allocUnsafeSlow(lent.length);
    lent.copy(spare);
    const chunk = spare.subarray(0, lent.length);
    if (before === '') {
      socket.write(chunk);
    } else {
      socket.cork();
      socket.write(before, 'latin1');
      socket.write(chunk);
      if (after !== '') socket.write(after, 'latin1');
      socket.uncork();
    }
    // Mostly the kernel has taken all of it by now, and the copy may be written over.
    if (socket.writableLength > 0) spare = Buffer.allocUnsafeSlow(READ_BYTES);
  }
}

/** Above it a write of its own costs less than turning the body into text. */
const MAX_TEXT_BYTES = 16_384;

/** Of all writers: what is lent is copied here to be written. */
let spare = Buffer.allocUnsafeSlow(READ_BYTES);

/** Status line and field lines of an answer, each ended by CRLF. `headers` are flat. */
export function headText(status: number, reason: string, headers: readonly string[]): string {
  return `HTTP/1.1 ${status} ${reason}\r\n${linesOf(headers)}`;
}

function linesOf(fields: readonly string[]): string {
  let text = '';
  for (let i = 0; i < fields.length; i += 2) text += `${fields[i]}: ${fields[i + 1]}\r\n`;
  return text;
}
