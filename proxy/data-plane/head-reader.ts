import {
  isHopeless,
  isRequestLineStart,
  type MalformedHead,
  parseRequestHead,
  type RawHead,
} from './request-line.ts';

/** A head with the offset behind it. */
export interface ReadHead {
  readonly head: RawHead;
  readonly end: number;
}

/** Finds heads in what a client sends; what can never become one is told at once, not at the deadline. */
export class HeadReader {
  readonly #maxBytes: number;
  /** Bytes of the present head that were looked at. */
  #scanned = 0;
  #requestLineSeen = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Reads from the start of `input`, which grows until there is a result; undefined while there is none. */
  read(input: Buffer): ReadHead | MalformedHead | undefined {
    // RFC 9112, 2.2: one empty line before a request is forgiven.
    const start = input[0] === 0x0d && input[1] === 0x0a ? 2 : 0;
    const end = input.indexOf('\r\n\r\n', Math.max(start, this.#scanned - 3), 'latin1');
    if ((end < 0 ? input.length : end) - start > this.#maxBytes) return this.#tooLarge(input);
    if (end < 0) return this.#lookAtHalf(input, start);
    this.#scanned = 0;
    this.#requestLineSeen = false;
    const head = parseRequestHead(input.toString('latin1', start, end));
    return 'code' in head ? head : { head, end: end + 4 };
  }

  #lookAtHalf(input: Buffer, start: number): MalformedHead | undefined {
    const from = Math.max(start, this.#scanned - 1);
    this.#scanned = input.length;
    const hopeless =
      isHopeless(input.toString('latin1', from, input.length), from === start) ||
      (!this.#requestLineSeen && !this.#mayStart(input, start));
    return hopeless ? { code: 'bad_request', detail: 'The request head is malformed.' } : undefined;
  }

  #mayStart(input: Buffer, start: number): boolean {
    const lineEnd = input.indexOf('\r\n', start, 'latin1');
    this.#requestLineSeen = lineEnd >= 0;
    return isRequestLineStart(
      input.toString('latin1', start, lineEnd < 0 ? start + 64 : lineEnd),
      lineEnd >= 0,
    );
  }

  #tooLarge(input: Buffer): MalformedHead {
    const lineEnd = input.indexOf('\r\n', 2, 'latin1');
    if (!isRequestLineStart(input.toString('latin1', 0, 64), false))
      return { code: 'bad_request', detail: 'The request line is malformed.' };
    return lineEnd < 0 || lineEnd > this.#maxBytes
      ? { code: 'target_too_long', detail: `The request line is over ${this.#maxBytes} bytes.` }
      : { code: 'headers_too_large', detail: `The request head is over ${this.#maxBytes} bytes.` };
  }
}
