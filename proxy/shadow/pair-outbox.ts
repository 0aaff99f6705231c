import type { Answer, CapturedRequest, Pair } from './pair.ts';
import type { RecordedExchange } from './recorded-exchange.ts';
import type { SamePair } from './same-pair.ts';

/** What a worker hands to the control plane in one message: many at once cost hardly more than one. */
export interface ShadowBatch {
  readonly pairs: readonly Pair[];
  readonly same: readonly SamePair[];
  readonly recorded: readonly RecordedExchange[];
}

export interface PairOutboxDeps {
  /** Takes a batch to the channel; `onSent` is called when the channel has taken it. */
  readonly send: (batch: ShadowBatch, onSent: () => void) => void;
  readonly limits?: Partial<PairOutboxLimits>;
}

export interface PairOutboxLimits {
  /** Of everything that the channel has not taken; what is more only grows this process. */
  readonly maxUnsent: number;
  readonly maxUnsentBytes: number;
  /** A batch goes when it has so many, or so many bytes, or is so old. */
  readonly batch: number;
  readonly batchBytes: number;
  readonly batchMs: number;
}

const defaultLimits: PairOutboxLimits = {
  maxUnsent: 4096,
  maxUnsentBytes: 32 * 1024 * 1024,
  batch: 128,
  batchBytes: 1024 * 1024,
  batchMs: 10,
};

/** Facts of one, roughly, besides the texts of its heads. */
const FACTS_BYTES = 512;

/** Collects pairs for the control plane, bounded, and sends them in batches. */
export class PairOutbox {
  readonly #send: PairOutboxDeps['send'];
  readonly #limits: PairOutboxLimits;
  #pairs: Pair[] = [];
  #same: SamePair[] = [];
  #recorded: RecordedExchange[] = [];
  #count = 0;
  #bytes = 0;
  #unsent = 0;
  #unsentBytes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor({ send, limits }: PairOutboxDeps) {
    this.#send = send;
    this.#limits = { ...defaultLimits, ...limits };
  }

  /** False when there is no room. */
  readonly addPair = (pair: Pair): boolean => {
    const { request, monolith, service, monolithAgain } = pair;
    const bytes = requestBytes(request) + sizeOf(monolith) + sizeOf(service) + sizeOf(monolithAgain);
    if (!this.#hasRoom(bytes)) return false;
    this.#pairs.push(pair);
    this.#added(bytes);
    return true;
  };

  readonly addSame = (same: SamePair): boolean => {
    const bytes = same.request.target.length + textBytes(same.request.headers) + textBytes(same.headers);
    if (!this.#hasRoom(bytes)) return false;
    this.#same.push(same);
    this.#added(bytes);
    return true;
  };

  readonly addRecorded = (exchange: RecordedExchange): boolean => {
    const bytes = requestBytes(exchange.request) + sizeOf(exchange.answer);
    if (!this.#hasRoom(bytes)) return false;
    this.#recorded.push(exchange);
    this.#added(bytes);
    return true;
  };

  /** Sends what there is, now. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#count === 0) return;
    const batch = { pairs: this.#pairs, same: this.#same, recorded: this.#recorded };
    const count = this.#count;
    const bytes = this.#bytes;
    this.#pairs = [];
    this.#same = [];
    this.#recorded = [];
    this.#count = 0;
    this.#bytes = 0;
    this.#send(batch, () => {
      this.#unsent -= count;
      this.#unsentBytes -= bytes;
    });
  }

  #hasRoom(bytes: number): boolean {
    const { maxUnsent, maxUnsentBytes } = this.#limits;
    return this.#unsent < maxUnsent && this.#unsentBytes + bytes + FACTS_BYTES <= maxUnsentBytes;
  }

  #added(bytes: number): void {
    this.#count++;
    this.#bytes += bytes + FACTS_BYTES;
    this.#unsent++;
    this.#unsentBytes += bytes + FACTS_BYTES;
    if (this.#count >= this.#limits.batch || this.#bytes >= this.#limits.batchBytes) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), this.#limits.batchMs);
  }
}

function requestBytes({ target, headers, body }: CapturedRequest): number {
  return target.length + textBytes(headers) + body.length;
}

function sizeOf(answer: Answer | undefined): number {
  if (answer === undefined || !('headers' in answer)) return 0;
  return textBytes(answer.headers) + ('body' in answer ? answer.body.length : 0);
}

/** A client may send heads of many kilobytes: a few thousand of those would be more than all bodies may. */
function textBytes(flat: readonly string[]): number {
  let chars = 0;
  for (let index = 0; index < flat.length; index++) chars += flat[index]!.length;
  return chars;
}
