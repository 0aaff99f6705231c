import type { Answer, Pair } from './pair.ts';
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

/** Heads and facts of one, roughly. */
const HEAD_BYTES = 1024;

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
    const bytes = request.body.length + sizeOf(monolith) + sizeOf(service) + sizeOf(monolithAgain);
    if (!this.#hasRoom(bytes)) return false;
    this.#pairs.push(pair);
    this.#added(bytes);
    return true;
  };

  readonly addSame = (same: SamePair): boolean => {
    if (!this.#hasRoom(0)) return false;
    this.#same.push(same);
    this.#added(0);
    return true;
  };

  readonly addRecorded = (exchange: RecordedExchange): boolean => {
    const bytes = exchange.request.body.length + sizeOf(exchange.answer);
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
    return this.#unsent < maxUnsent && this.#unsentBytes + bytes + HEAD_BYTES <= maxUnsentBytes;
  }

  #added(bodyBytes: number): void {
    this.#count++;
    this.#bytes += bodyBytes + HEAD_BYTES;
    this.#unsent++;
    this.#unsentBytes += bodyBytes + HEAD_BYTES;
    if (this.#count >= this.#limits.batch || this.#bytes >= this.#limits.batchBytes) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), this.#limits.batchMs);
  }
}

function sizeOf(answer: Answer | undefined): number {
  return answer?.outcome === 'complete' ? answer.body.length : 0;
}
