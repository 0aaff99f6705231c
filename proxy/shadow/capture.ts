import { createHash, type Hash } from 'node:crypto';
import type { HashBudget } from './hash-budget.ts';
import type { Answer, CapturedRequest } from './pair.ts';

/** Below it a copy lies in a slab that others share; above, the slab would outlive what is needed of it. */
const MAX_POOLED_BYTES = 4096;
const nothing = new Uint8Array(0);
/** Comparing takes no larger body, and a larger one in one piece would hold up the process that sends it off. */
const MAX_KEPT_BYTES = 8 * 1024 * 1024;

/**
 * Collects a body while it streams by. Past its limit it keeps nothing: where hashing is allowed it goes on
 * with the hash and the length, else it says that the body was too large.
 */
export class BodyCapture {
  readonly limitBytes: number;
  readonly #hashing: HashBudget | undefined;
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #hash: Hash | undefined;
  #sha256 = '';
  #tooLarge = '';

  constructor(limitBytes: number, hashing?: HashBudget) {
    this.limitBytes = Math.min(limitBytes, MAX_KEPT_BYTES);
    this.#hashing = hashing;
  }

  /**
   * Keeps or hashes a copy: the chunk may be lent, or a piece of a larger read. Returns for how many ms the
   * next one should wait, as far as this goes; 0 nearly always.
   */
  add(chunk: Uint8Array): number {
    if (this.#tooLarge !== '') return 0;
    this.#bytes += chunk.length;
    if (this.#hash) return this.#addToHash(chunk);
    if (this.#bytes <= this.limitBytes) {
      this.#chunks.push(chunk.length <= MAX_POOLED_BYTES ? Buffer.from(chunk) : new Uint8Array(chunk));
      return 0;
    }
    if (!this.#hashing?.begin()) {
      this.giveUp(`over ${this.limitBytes} bytes`);
      return 0;
    }
    this.#hash = createHash('sha256');
    for (const kept of this.#chunks) this.#hash.update(kept);
    this.#chunks = [];
    return this.#addToHash(chunk);
  }

  #addToHash(chunk: Uint8Array): number {
    const { maxBytes } = this.#hashing!.limits;
    if (this.#bytes > maxBytes) {
      this.giveUp(`over ${maxBytes} bytes`);
      return 0;
    }
    this.#hash!.update(chunk);
    return this.#hashing!.spend(chunk.length);
  }

  /** Nothing of it is kept; `why` is for people. */
  giveUp(why: string): void {
    this.discard();
    this.#tooLarge = why;
  }

  /** Lets go of what is held; for a body that nobody will ask for. */
  discard(): void {
    if (this.#hash) this.#hashing!.end();
    this.#hash = undefined;
    this.#chunks = [];
  }

  /** No more comes: a hash is made final, so that its place is free for another body. */
  seal(): void {
    if (!this.#hash) return;
    this.#sha256 = this.#hash.digest('hex');
    this.discard();
  }

  /** Why it was not kept; empty when it was. */
  get tooLarge(): string {
    return this.#tooLarge;
  }

  get isHashing(): boolean {
    return this.#hash !== undefined;
  }

  /** Of the hash, once sealed; empty for a body that was kept. */
  get sha256(): string {
    return this.#sha256;
  }

  get length(): number {
    return this.#bytes;
  }

  /** Bytes that are held. */
  get size(): number {
    return this.#chunks.length === 0 ? 0 : this.#bytes;
  }

  /** Memory of its own, or of a slab of small ones: socket reads share larger slabs that it must not keep alive. */
  bytes(): Uint8Array {
    if (this.#chunks.length > 1) this.#chunks = [new Uint8Array(Buffer.concat(this.#chunks))];
    return this.#chunks[0] ?? nothing;
  }
}

/** What is copied of a request's head. */
export interface CapturedHead {
  readonly method: string;
  readonly target: string;
  /** Taken apart only when a copy is made. */
  readonly fields: { readonly flat: readonly string[] };
}

/** A client's request and its answer, kept while they are forwarded so that the other side can be asked too. */
export class ExchangeCapture {
  readonly #head: CapturedHead;
  readonly #limit: number;
  readonly #hashing: HashBudget | undefined;
  readonly requestBody: BodyCapture;
  #answerBody: BodyCapture;
  #status = 0;
  #headers: readonly string[] = [];

  constructor(head: CapturedHead, limitBytes: number, hashing?: HashBudget) {
    this.#head = head;
    this.#limit = limitBytes;
    this.#hashing = hashing;
    this.requestBody = new BodyCapture(limitBytes);
    this.#answerBody = new BodyCapture(limitBytes, hashing);
  }

  answerHead(status: number, headers: readonly string[]): void {
    this.#status = status;
    this.#headers = headers;
    this.#answerBody.discard();
    this.#answerBody = new BodyCapture(this.#limit, this.#hashing);
  }

  /** Body bytes of the answer. A client must not wait for hashing: what comes too fast for it is given up. */
  addToAnswer(chunk: Uint8Array): void {
    if (this.#answerBody.add(chunk) > 0) this.#answerBody.giveUp('came faster than may be hashed');
  }

  /** The answer is whole. */
  seal(): void {
    this.#answerBody.seal();
  }

  /** Nobody will ask for anything of it. */
  discard(): void {
    this.requestBody.discard();
    this.#answerBody.discard();
  }

  /** Bytes of both bodies that are held. */
  get bytes(): number {
    return this.requestBody.size + this.#answerBody.size;
  }

  /** The request to send again, or undefined when its body was too large to keep. */
  request(): CapturedRequest | undefined {
    if (this.requestBody.tooLarge !== '') return undefined;
    const { method, target, fields } = this.#head;
    return { method, target, headers: fields.flat, body: this.requestBody.bytes() };
  }

  answer(durationMs: number): Answer {
    return answerOf({ status: this.#status, headers: this.#headers }, this.#answerBody, durationMs);
  }
}

/** A whole answer as its body was captured. */
export function answerOf(
  { status, headers }: { readonly status: number; readonly headers: readonly string[] },
  body: BodyCapture,
  durationMs: number,
): Answer {
  if (body.tooLarge !== '') return { outcome: 'too-large', detail: body.tooLarge, durationMs };
  body.seal();
  if (body.sha256 === '') return { outcome: 'complete', status, headers, body: body.bytes(), durationMs };
  const { sha256, length: bytes, limitBytes } = body;
  return {
    outcome: 'hashed',
    status,
    headers,
    sha256,
    bytes,
    detail: `over ${limitBytes} bytes`,
    durationMs,
  };
}
