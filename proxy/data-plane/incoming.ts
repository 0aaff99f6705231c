import { BodyDecoder, type BodySink } from './body-decoder.ts';
import { HeadReader } from './head-reader.ts';
import type { ForwardableRequest } from './request-head.ts';
import type { MalformedHead, RawHead } from './request-line.ts';

/** What of a request says how long its body is. */
export type Framing = Pick<ForwardableRequest, 'framing' | 'contentLength'>;

/** Bytes that may wait for their turn: requests sent ahead, and a body that nobody reads yet. */
const MAX_HELD_BYTES = 65_536;

/** What has come on a client's connection and was not read yet; read as heads and bodies in turn. */
export class Incoming {
  readonly #heads: HeadReader;
  #held: Buffer | undefined;
  #body: BodyDecoder | undefined;

  constructor(maxHeadBytes: number) {
    this.#heads = new HeadReader(maxHeadBytes);
  }

  add(chunk: Buffer): void {
    this.#held = this.#held === undefined ? chunk : Buffer.concat([this.#held, chunk]);
  }

  get isEmpty(): boolean {
    return this.#held === undefined;
  }

  get isFull(): boolean {
    return this.#held !== undefined && this.#held.length > MAX_HELD_BYTES;
  }

  /** Whether the whole body of the present request was read. */
  get bodyComplete(): boolean {
    return this.#body === undefined || this.#body.complete;
  }

  /** The next request's head; undefined while it is not whole. What was wrong stays unread. */
  readHead(): RawHead | MalformedHead | undefined {
    if (this.#held === undefined) return undefined;
    const result = this.#heads.read(this.#held);
    if (result === undefined || 'code' in result) return result;
    this.#body = undefined;
    this.#keepFrom(result.end);
    return result.head;
  }

  expectBody({ framing, contentLength }: Framing): void {
    if (framing === 'chunked') this.#body = new BodyDecoder('chunked');
    else if (framing === 'length' && contentLength !== '0')
      this.#body = new BodyDecoder(Number(contentLength));
  }

  /** Hands one piece of the body to `sink`. Returns whether there was one, or what is wrong as a sentence. */
  readBody(sink: BodySink): boolean | string {
    const held = this.#held;
    if (held === undefined || this.bodyComplete) return false;
    const next = this.#body!.step(held, 0, sink);
    if (typeof next === 'string') {
      this.clear();
      return next;
    }
    // Whoever took the piece may have ended everything.
    if (this.#held === held) this.#keepFrom(next);
    return next > 0;
  }

  /** Reads away a body that nobody wants. False when not all of it is here, or it is malformed. */
  skipBody(): boolean {
    let isGood: boolean | string = true;
    while (isGood === true && !this.bodyComplete) isGood = this.readBody(nobody);
    return this.bodyComplete;
  }

  /** Takes all that is held. */
  takeAll(): Buffer {
    const all = this.#held ?? Buffer.alloc(0);
    this.#held = undefined;
    return all;
  }

  clear(): void {
    this.#held = undefined;
  }

  #keepFrom(offset: number): void {
    const held = this.#held!;
    this.#held = offset >= held.length ? undefined : held.subarray(offset);
  }
}

const nobody: BodySink = { onBody() {} };
