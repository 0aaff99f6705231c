import type { Answer, CapturedRequest } from './pair.ts';

/** Collects a body while it streams by; past its limit it keeps nothing and says so. */
export class BodyCapture {
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #limit: number;
  tooLarge = false;

  constructor(limitBytes: number) {
    this.#limit = limitBytes;
  }

  /** Keeps a copy: the chunk may be lent, or a piece of a larger read. */
  add(chunk: Uint8Array): void {
    if (this.tooLarge) return;
    this.#bytes += chunk.length;
    if (this.#bytes > this.#limit) {
      this.tooLarge = true;
      this.#chunks = [];
    } else {
      this.#chunks.push(new Uint8Array(chunk));
    }
  }

  get size(): number {
    return this.tooLarge ? 0 : this.#bytes;
  }

  /** A copy of its own memory: socket reads share larger slabs that it must not keep alive. */
  bytes(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.#chunks));
  }
}

/** A client's request and its answer, kept while they are forwarded so that the other side can be asked too. */
export class ExchangeCapture {
  readonly #request: Omit<CapturedRequest, 'body'>;
  readonly #limit: number;
  readonly requestBody: BodyCapture;
  answerBody: BodyCapture;
  #status = 0;
  #headers: readonly string[] = [];

  constructor(request: Omit<CapturedRequest, 'body'>, limitBytes: number) {
    this.#request = request;
    this.#limit = limitBytes;
    this.requestBody = new BodyCapture(limitBytes);
    this.answerBody = new BodyCapture(limitBytes);
  }

  answerHead(status: number, headers: readonly string[]): void {
    this.#status = status;
    this.#headers = headers;
    this.answerBody = new BodyCapture(this.#limit);
  }

  /** Bytes of both bodies that are held. */
  get bytes(): number {
    return this.requestBody.size + this.answerBody.size;
  }

  /** The request to send again, or undefined when its body was too large to keep. */
  request(): CapturedRequest | undefined {
    if (this.requestBody.tooLarge) return undefined;
    return { ...this.#request, body: this.requestBody.bytes() };
  }

  answer(durationMs: number): Answer {
    if (this.answerBody.tooLarge) {
      return { outcome: 'too-large', detail: `over ${this.#limit} bytes`, durationMs };
    }
    return {
      outcome: 'complete',
      status: this.#status,
      headers: this.#headers,
      body: this.answerBody.bytes(),
      durationMs,
    };
  }
}
