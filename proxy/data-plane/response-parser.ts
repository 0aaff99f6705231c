import { isForbiddenTrailer } from './forbidden-trailers.ts';
import { parseHead, type ResponseHead } from './response-head.ts';
import { trimOws } from './trim-ows.ts';

export interface ResponseSink {
  /** 100 and 102 to 199. */
  onInformation(head: ResponseHead): void;
  onHead(head: ResponseHead): void;
  /**
   * Never empty. `last`: the answer is complete with it. It is only lent: whoever keeps it for longer than the
   * call copies it.
   */
  onBody(chunk: Buffer, last: boolean): void;
  /** Flat name, value list, before `onEnd`, of those that may be passed on; never empty. */
  onTrailers?(trailers: readonly string[]): void;
  /** The answer is complete, where `onBody` did not say so. */
  onEnd(): void;
}

/** Larger heads are refused; nginx stops at 4 or 8 KiB, Node at 16. */
const MAX_HEAD_BYTES = 65_536;
/** RFC 9112, 7.1.1: names, each with a token or a quoted text. They end here, but only the well-formed ones can be told apart. */
const chunkExtensions =
  /^(?:[\t ]*;[\t ]*[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:[\t ]*=[\t ]*(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+|"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t\x20-\x7e\x80-\xff])*"))?)+$/;
/** Bytes of a chunk-size line, extensions included; extensions are dropped. */
const MAX_CHUNK_LINE_BYTES = 256;
const MAX_TRAILER_BYTES = 16_384;
/** Interim answers before the final one. */
const MAX_INFORMATION = 32;
/** Names and values of the last head that are kept to recognise the next one by. */
const MAX_LIKELY = 64;

/** As bytes: a text would be converted anew for each search. */
const HEAD_END = Buffer.from('\r\n\r\n');

type State =
  | 'head'
  | 'length'
  | 'chunk-line'
  | 'chunk-data'
  | 'chunk-end'
  | 'trailers'
  | 'close'
  | 'complete'
  | 'broken';

/** Parses one answer after another on a connection, one `begin` each. Errors are sentences, not exceptions. */
export class ResponseParser {
  readonly #sink: ResponseSink;
  #state: State = 'complete';
  #method = '';
  #remaining = 0;
  #pending: Buffer | undefined;
  #informationSeen = 0;
  #trailerBytes = 0;
  #trailers: string[] | undefined;
  /** Of the answer before. */
  #likely: readonly string[] | undefined;

  constructor(sink: ResponseSink) {
    this.#sink = sink;
  }

  /** Expects an answer to a request of this method. */
  begin(method: string): void {
    this.#state = 'head';
    this.#method = method;
    this.#pending = undefined;
    this.#informationSeen = 0;
    this.#trailerBytes = 0;
    this.#trailers = undefined;
  }

  get complete(): boolean {
    return this.#state === 'complete';
  }

  /** Takes bytes; returns what is wrong with them, or undefined. Bytes after a complete answer are wrong. */
  execute(chunk: Buffer): string | undefined {
    let input = chunk;
    if (this.#pending) {
      input = Buffer.concat([this.#pending, chunk]);
      this.#pending = undefined;
    }
    let offset = 0;
    while (offset < input.length) {
      const next = this.#step(input, offset);
      if (typeof next === 'string') {
        this.#state = 'broken';
        return next;
      }
      if (next < 0) {
        this.#pending = Buffer.from(input.subarray(offset));
        return undefined;
      }
      offset = next;
    }
    return undefined;
  }

  /** The upstream ended the connection; returns what is wrong with that, or undefined. */
  finish(): string | undefined {
    if (this.#state === 'complete') return undefined;
    if (this.#state === 'close') {
      this.#state = 'complete';
      this.#sink.onEnd();
      return undefined;
    }
    return this.#state === 'head' ? 'closed before the end of the head' : 'closed before the end of the body';
  }

  /** New offset, -1 when more bytes are needed, or what is wrong. */
  #step(input: Buffer, offset: number): number | string {
    switch (this.#state) {
      case 'head':
        return this.#readHead(input, offset);
      case 'length':
        return this.#readSized(input, offset);
      case 'chunk-line':
        return this.#readChunkLine(input, offset);
      case 'chunk-data':
        return this.#readChunkData(input, offset);
      case 'chunk-end':
        return this.#readChunkEnd(input, offset);
      case 'trailers':
        return this.#readTrailers(input, offset);
      case 'close':
        this.#sink.onBody(offset === 0 ? input : input.subarray(offset), false);
        return input.length;
      case 'complete':
        return 'bytes after the end of the answer';
      case 'broken':
        return 'bytes after a broken answer';
    }
  }

  #readHead(input: Buffer, offset: number): number | string {
    const end = input.indexOf(HEAD_END, offset);
    if (end < 0) return input.length - offset > MAX_HEAD_BYTES ? 'head over 64 KiB' : -1;
    if (end - offset > MAX_HEAD_BYTES) return 'head over 64 KiB';
    const head = parseHead(input.toString('latin1', offset, end), this.#method, this.#likely);
    if (typeof head === 'string') return head;
    if (head.status < 200) return this.#takeInformation(head, end + 4);
    this.#enterBody(head);
    return end + 4;
  }

  #takeInformation(head: ResponseHead, next: number): number | string {
    if (head.status === 101) return '101 to a request that asked for no upgrade';
    if (++this.#informationSeen > MAX_INFORMATION) return `more than ${MAX_INFORMATION} interim answers`;
    this.#sink.onInformation(head);
    return next;
  }

  #enterBody(head: ResponseHead): void {
    // A long list is not worth keeping for as long as the connection lives.
    this.#likely = head.headers.length <= MAX_LIKELY ? head.headers : undefined;
    this.#remaining = head.length;
    const empty = head.framing === 'none' || (head.framing === 'length' && head.length === 0);
    if (empty) this.#state = 'complete';
    else if (head.framing === 'length') this.#state = 'length';
    else this.#state = head.framing === 'chunked' ? 'chunk-line' : 'close';
    this.#sink.onHead(head);
    if (empty) this.#sink.onEnd();
  }

  #readSized(input: Buffer, offset: number): number {
    const end = Math.min(input.length, offset + this.#remaining);
    this.#remaining -= end - offset;
    const last = this.#remaining === 0;
    if (last) this.#state = 'complete';
    this.#sink.onBody(input.subarray(offset, end), last);
    return end;
  }

  #readChunkLine(input: Buffer, offset: number): number | string {
    const end = lineEndIn(input, offset);
    if (end < 0) return input.length - offset > MAX_CHUNK_LINE_BYTES ? 'chunk line too long' : -1;
    if (end - offset > MAX_CHUNK_LINE_BYTES) return 'chunk line too long';
    const line = input.toString('latin1', offset, end);
    const size = /^[0-9A-Fa-f]{1,13}(?![0-9A-Fa-f])/.exec(line)?.[0];
    if (size === undefined || (size.length < line.length && !chunkExtensions.test(line.slice(size.length))))
      return 'malformed chunk size';
    this.#remaining = Number.parseInt(size, 16);
    this.#state = this.#remaining === 0 ? 'trailers' : 'chunk-data';
    return end + 2;
  }

  #readChunkData(input: Buffer, offset: number): number {
    const end = Math.min(input.length, offset + this.#remaining);
    this.#remaining -= end - offset;
    if (this.#remaining === 0) this.#state = 'chunk-end';
    this.#sink.onBody(input.subarray(offset, end), false);
    return end;
  }

  #readChunkEnd(input: Buffer, offset: number): number | string {
    if (input.length - offset < 2) return -1;
    if (input[offset] !== 0x0d || input[offset + 1] !== 0x0a) return 'chunk data not ended by CRLF';
    this.#state = 'chunk-line';
    return offset + 2;
  }

  /** All are checked; they could name anything, so only those of no other meaning are kept. */
  #readTrailers(input: Buffer, offset: number): number | string {
    const end = lineEndIn(input, offset);
    if (end < 0) return input.length - offset > MAX_TRAILER_BYTES ? 'trailers too large' : -1;
    this.#trailerBytes += end + 2 - offset;
    if (this.#trailerBytes > MAX_TRAILER_BYTES) return 'trailers too large';
    if (end > offset) {
      const line = input.toString('latin1', offset, end);
      if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*$/.test(line)) return 'malformed trailer';
      this.#keepTrailer(line);
      return end + 2;
    }
    this.#state = 'complete';
    if (this.#trailers !== undefined) this.#sink.onTrailers?.(this.#trailers);
    this.#sink.onEnd();
    return end + 2;
  }

  #keepTrailer(line: string): void {
    if (this.#sink.onTrailers === undefined) return;
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    if (isForbiddenTrailer(name)) return;
    this.#trailers ??= [];
    this.#trailers.push(name, trimOws(line, colon + 1, line.length));
  }
}

/** Where the next CRLF is, -1 when there is none. Lines are short here: a search by Node costs more to call. */
function lineEndIn(input: Buffer, offset: number): number {
  const last = input.length - 1;
  for (let at = offset; at < last; at++) if (input[at] === 0x0d && input[at + 1] === 0x0a) return at;
  return -1;
}
