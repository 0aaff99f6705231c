/** Where the bytes of a request's body go. */
export interface BodySink {
  /** Never empty. */
  onBody(chunk: Buffer): void;
}

/** Bytes of a chunk-size line, extensions included; extensions are checked and dropped. */
const MAX_CHUNK_LINE_BYTES = 256;
/** Extensions of one body together: each is small, and a million chunks may have one each. */
const MAX_EXTENSION_BYTES = 16_384;
const MAX_TRAILER_BYTES = 16_384;

/** RFC 9112, 7.1 and 7.1.1, strictly: no white space around the size, an extension has a name. */
const chunkLinePattern =
  /^([0-9A-Fa-f]{1,13})((?:[\t ]*;[\t ]*[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:[\t ]*=[\t ]*(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+|"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t \x21-\x7e\x80-\xff])*"))?)*)$/;
const trailerPattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*$/;

type State = 'sized' | 'chunk-line' | 'chunk-data' | 'chunk-end' | 'trailers' | 'complete';

/** Takes a request's body out of its framing. Trailers are checked and dropped: they could name anything. */
export class BodyDecoder {
  #state: State;
  #remaining: number;
  #extensionBytes = 0;
  #trailerBytes = 0;

  /** @param length bytes of a sized body, or `chunked` */
  constructor(length: number | 'chunked') {
    this.#state = length === 'chunked' ? 'chunk-line' : length === 0 ? 'complete' : 'sized';
    this.#remaining = length === 'chunked' ? 0 : length;
  }

  get complete(): boolean {
    return this.#state === 'complete';
  }

  /**
   * Decodes from `offset` on until the sink has been given one piece, the body is complete or more bytes
   * are needed. Returns the new offset, or what is wrong as a sentence.
   */
  step(input: Buffer, offset: number, sink: BodySink): number | string {
    let at = offset;
    while (at < input.length && this.#state !== 'complete') {
      if (this.#state === 'sized' || this.#state === 'chunk-data') return this.#data(input, at, sink);
      const next = this.#frame(input, at);
      if (typeof next === 'string' || next === at) return next;
      at = next;
    }
    return at;
  }

  #data(input: Buffer, offset: number, sink: BodySink): number {
    const end = Math.min(input.length, offset + this.#remaining);
    this.#remaining -= end - offset;
    if (this.#remaining === 0) this.#state = this.#state === 'sized' ? 'complete' : 'chunk-end';
    sink.onBody(input.subarray(offset, end));
    return end;
  }

  /** Reads one line of framing; the same offset when it is not whole yet. */
  #frame(input: Buffer, offset: number): number | string {
    if (this.#state === 'chunk-end') return this.#chunkEnd(input, offset);
    const limit = this.#state === 'trailers' ? MAX_TRAILER_BYTES : MAX_CHUNK_LINE_BYTES;
    const end = input.indexOf('\n', offset, 'latin1');
    if (end < 0) {
      if (input.length - offset > limit) return 'a chunk line or trailer that is too long';
      return hasStrayByte(input, offset, input.length) ? 'malformed chunks' : offset;
    }
    if (end === offset || input[end - 1] !== 0x0d) return 'a line of its chunks that ends without CRLF';
    if (end - offset > limit) return 'a chunk line or trailer that is too long';
    const line = input.toString('latin1', offset, end - 1);
    const wrong = this.#state === 'trailers' ? this.#trailer(line) : this.#chunkLine(line);
    return wrong ?? end + 1;
  }

  #chunkLine(line: string): string | undefined {
    const match = chunkLinePattern.exec(line);
    if (!match) return 'a malformed chunk size';
    this.#extensionBytes += match[2]!.length;
    if (this.#extensionBytes > MAX_EXTENSION_BYTES) return 'too many chunk extensions';
    this.#remaining = Number.parseInt(match[1]!, 16);
    this.#state = this.#remaining === 0 ? 'trailers' : 'chunk-data';
    return undefined;
  }

  #chunkEnd(input: Buffer, offset: number): number | string {
    if (input[offset] !== 0x0d) return 'chunk data that is longer than its size';
    if (input.length - offset < 2) return offset;
    if (input[offset + 1] !== 0x0a) return 'chunk data not ended by CRLF';
    this.#state = 'chunk-line';
    return offset + 2;
  }

  #trailer(line: string): string | undefined {
    if (line === '') {
      this.#state = 'complete';
      return undefined;
    }
    this.#trailerBytes += line.length + 2;
    if (this.#trailerBytes > MAX_TRAILER_BYTES) return 'trailers that are too large';
    return trailerPattern.test(line) ? undefined : 'a malformed trailer';
  }
}

/** Whether an unfinished line already has what no line may: a CR before its end, or a control character. */
function hasStrayByte(input: Buffer, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const byte = input[i]!;
    if (byte === 0x0d ? i < to - 1 : byte === 0x7f || (byte < 0x20 && byte !== 0x09)) return true;
  }
  return false;
}
