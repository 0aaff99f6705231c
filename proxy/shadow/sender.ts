import type { Migration, Upstream } from '../routing/model.ts';
import type { Clock } from '../telemetry/clock.ts';
import type { ExchangeCapture } from './capture.ts';
import type { Answer, CapturedRequest, Pair, Side } from './pair.ts';

/** What `Ficus-Shadow` says on a copy. */
export type CopyMode = 'compare' | 'dry-run';

/** What was forwarded of the client's head; `lines` each end in CRLF. */
export interface ForwardedHead {
  readonly method: string;
  readonly host: string;
  readonly lines: string;
}

/** A finished exchange whose copy shall go to the other side. */
export interface ShadowJob {
  readonly id: string;
  readonly migration: Migration;
  readonly route: string;
  readonly control: Side;
  /** Where the copy goes, and its path and query there. */
  readonly upstream: Upstream;
  readonly target: string;
  readonly mode: CopyMode;
  readonly head: ForwardedHead;
  readonly capture: ExchangeCapture;
  readonly controlMs: number;
}

interface SubmittedJob extends ShadowJob {
  /** ISO time. */
  readonly at: string;
}

/** Sends one copy and brings its answer; never rejects. */
export type TransmitCopy = (copy: {
  readonly upstream: Upstream;
  readonly target: string;
  readonly mode: CopyMode;
  readonly head: ForwardedHead;
  readonly request: CapturedRequest;
  readonly maxBodyBytes: number;
  readonly timeoutMs: number;
}) => Promise<Answer>;

export interface ShadowLimits {
  /** Copies under way at once. */
  readonly maxInFlight: number;
  /** Jobs that wait, and the bytes they hold; beyond either the oldest is dropped. */
  readonly maxQueued: number;
  readonly maxQueuedBytes: number;
}

export const defaultShadowLimits: ShadowLimits = {
  maxInFlight: 32,
  maxQueued: 256,
  maxQueuedBytes: 33_554_432,
};

export interface ShadowSenderDeps {
  readonly transmit: TransmitCopy;
  /** Takes a pair to the comparer; false when it can take no more now. */
  readonly deliver: (pair: Pair) => boolean;
  readonly dropped: (migration: string, reason: string) => void;
  readonly clock: Clock;
  readonly limits: ShadowLimits;
}

/**
 * Sends copies after the client has its answer, on connections of their own, a bounded number at once.
 * Nothing here is awaited by the request path.
 */
export class ShadowSender {
  readonly #deps: ShadowSenderDeps;
  readonly #queue: SubmittedJob[] = [];
  #queuedBytes = 0;
  #inFlight = 0;

  constructor(deps: ShadowSenderDeps) {
    this.#deps = deps;
  }

  submit(submitted: ShadowJob): void {
    const job = { ...submitted, at: new Date(this.#deps.clock.now()).toISOString() };
    if (this.#inFlight < this.#deps.limits.maxInFlight) {
      void this.#run(job);
      return;
    }
    const { maxQueued, maxQueuedBytes } = this.#deps.limits;
    this.#queue.push(job);
    this.#queuedBytes += job.capture.bytes;
    while (this.#queue.length > maxQueued || this.#queuedBytes > maxQueuedBytes) {
      this.#deps.dropped(this.#next()!.migration.id, 'queue_full');
    }
  }

  #next(): SubmittedJob | undefined {
    const job = this.#queue.shift();
    if (job) this.#queuedBytes -= job.capture.bytes;
    return job;
  }

  async #run(job: SubmittedJob): Promise<void> {
    this.#inFlight++;
    try {
      await this.#makePair(job);
    } catch {
      // Whatever went wrong on the way to a pair, clients must not notice.
      this.#deps.dropped(job.migration.id, 'failed');
    } finally {
      this.#inFlight--;
      const next = this.#next();
      if (next) void this.#run(next);
    }
  }

  async #makePair(job: SubmittedJob): Promise<void> {
    const { migration } = job;
    const request = job.capture.request();
    if (!request) {
      this.#deps.dropped(migration.id, 'request_too_large');
      return;
    }
    const controlAnswer = job.capture.answer(job.controlMs);
    const candidateAnswer = await this.#deps.transmit({
      upstream: job.upstream,
      target: job.target,
      mode: job.mode,
      head: job.head,
      request,
      maxBodyBytes: migration.shadow.maxBodyBytes,
      timeoutMs: migration.shadow.timeoutMs,
    });
    const fromMonolith = job.control === 'monolith';
    const taken = this.#deps.deliver({
      id: job.id,
      migration: migration.id,
      route: job.route,
      at: job.at,
      control: job.control,
      request,
      monolith: fromMonolith ? controlAnswer : candidateAnswer,
      service: fromMonolith ? candidateAnswer : controlAnswer,
    });
    if (!taken) this.#deps.dropped(migration.id, 'comparer_full');
  }
}
