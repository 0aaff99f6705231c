import type { Clock } from '../telemetry/clock.ts';
import { AskAgain } from './ask-again.ts';
import { CopyLane } from './copy-lane.ts';
import type { Answer, CapturedRequest, Pair } from './pair.ts';
import type { RecordedExchange } from './recorded-exchange.ts';
import { areSame, type SamePair } from './same-pair.ts';
import type {
  Copy,
  CopyDestination,
  CopyDropReason,
  ShadowJob,
  SubmittedJob,
  TransmitCopy,
} from './shadow-job.ts';

export type { CopyMode, ForwardedHead, ShadowJob, TransmitCopy } from './shadow-job.ts';

export interface ShadowLimits {
  /** Copies under way at once, to one upstream. */
  readonly maxInFlight: number;
  /** Jobs that wait for one upstream, and the bytes that they hold; beyond either the oldest is dropped. */
  readonly maxQueued: number;
  readonly maxQueuedBytes: number;
  /** Of the pairs that are the same at sight, one in so many is compared all the same: rules that meet nothing else are not dead. */
  readonly compareSameEvery: number;
  /** So many of each route and status are, before that. */
  readonly wholeSames: number;
}

export const defaultShadowLimits: ShadowLimits = {
  maxInFlight: 32,
  maxQueued: 256,
  maxQueuedBytes: 33_554_432,
  compareSameEvery: 16,
  wholeSames: 2,
};

export interface ShadowSenderDeps {
  readonly transmit: TransmitCopy;
  /** Takes a pair to the comparer; false when it can take no more now. */
  readonly deliver: (pair: Pair) => boolean;
  /** Likewise, what is left of a pair that needs no comparing. Without it all pairs are delivered whole. */
  readonly deliverSame?: (same: SamePair) => boolean;
  readonly deliverRecorded?: (exchange: RecordedExchange) => boolean;
  /** Whether a copy that has waited is still to go out. */
  readonly isWanted?: (job: ShadowJob) => boolean;
  /** Whether the monolith has the room to be asked once more. */
  readonly mayAskAgain?: (monolith: CopyDestination) => boolean;
  readonly dropped: (migration: string, reason: CopyDropReason) => void;
  readonly clock: Clock;
  readonly limits: ShadowLimits;
}

/** A finished exchange, to be kept for replay. */
export type RecordJob = Pick<ShadowJob, 'id' | 'migration' | 'route' | 'control' | 'capture' | 'controlMs'>;

/**
 * Sends copies after the client has its answer, on connections of their own, a bounded number at once to each
 * upstream. Nothing here is awaited by the request path.
 */
export class ShadowSender {
  readonly #deps: ShadowSenderDeps;
  readonly #lanes = new Map<string, CopyLane>();
  readonly #again: AskAgain;
  #sameCount = 0;
  /** By migration, status and route: how many were compared whole at first. */
  readonly #samesOf = new Map<string, number>();
  #nowMs = Number.NaN;
  #nowText = '';

  constructor(deps: ShadowSenderDeps) {
    this.#deps = deps;
    this.#again = new AskAgain(deps.clock);
  }

  submit(submitted: ShadowJob): void {
    submitted.capture.seal();
    const job = { ...submitted, at: this.#now() };
    const { maxInFlight, maxQueued, maxQueuedBytes } = this.#deps.limits;
    const lane = this.#laneTo(job);
    if (lane.inFlight < maxInFlight) {
      void this.#run(lane, job);
      return;
    }
    lane.add(job);
    while (lane.length > maxQueued || lane.bytes > maxQueuedBytes) this.#drop(lane.take()!, 'queue_full');
  }

  /** Hands an exchange to whoever records, as it is. */
  record({ id, migration, route, control, capture, controlMs }: RecordJob): void {
    capture.seal();
    const request = capture.request();
    if (!request) {
      this.#deps.dropped(migration.id, 'request_too_large');
      return;
    }
    const answer = capture.answer(controlMs);
    const exchange = { id, migration: migration.id, route, at: this.#now(), control, request, answer };
    if (!this.#deps.deliverRecorded?.(exchange)) this.#deps.dropped(migration.id, 'recorder_full');
  }

  /** Made once a millisecond: it is the same for all copies of one. */
  #now(): string {
    const now = this.#deps.clock.now();
    if (now !== this.#nowMs) {
      this.#nowMs = now;
      this.#nowText = new Date(now).toISOString();
    }
    return this.#nowText;
  }

  #laneTo({ upstream }: CopyDestination): CopyLane {
    let lane = this.#lanes.get(upstream.id);
    if (!lane) {
      lane = new CopyLane();
      this.#lanes.set(upstream.id, lane);
    }
    return lane;
  }

  #drop({ migration, capture }: ShadowJob, reason: CopyDropReason): void {
    capture.discard();
    this.#deps.dropped(migration.id, reason);
  }

  async #run(lane: CopyLane, first: SubmittedJob): Promise<void> {
    lane.inFlight++;
    for (let job: SubmittedJob | undefined = first; job; job = this.#next(lane)) {
      try {
        await this.#makePair(job);
      } catch {
        // Whatever went wrong on the way to a pair, clients must not notice.
        this.#drop(job, 'failed');
      }
    }
    lane.inFlight--;
    if (lane.isIdle) this.#lanes.delete(first.upstream.id);
  }

  /** The next one that is still wanted: while it waited its share may have gone, or the service its dry run. */
  #next(lane: CopyLane): SubmittedJob | undefined {
    for (let job = lane.take(); job; job = lane.take()) {
      if (this.#deps.isWanted?.(job) ?? true) return job;
      this.#drop(job, 'no_longer_wanted');
    }
    return undefined;
  }

  async #makePair(job: SubmittedJob): Promise<void> {
    const request = job.capture.request();
    if (!request) {
      this.#drop(job, 'request_too_large');
      return;
    }
    const control = job.capture.answer(job.controlMs);
    const candidate = await this.#deps.transmit(this.#copyOf(job, job, request, 'by-upstream', control));
    if (candidate.outcome === 'not-sent') {
      this.#drop(job, candidate.reason);
      return;
    }
    const again = await this.#askAgain(job, request, control);
    if (!this.#deliver(job, request, control, candidate, again)) this.#drop(job, 'comparer_full');
  }

  /** The monolith's second answer, when there is room for the question and it came. */
  async #askAgain(job: SubmittedJob, request: CapturedRequest, control: Answer): Promise<Answer | undefined> {
    const { again } = job;
    if (!again || !this.#again.mayAsk(job) || !this.#deps.mayAskAgain?.(again)) return undefined;
    const answer = await this.#deps.transmit(this.#copyOf(job, again, request, 'as-sent', control));
    return answer.outcome === 'not-sent' ? undefined : answer;
  }

  #copyOf(
    { mode, head, migration }: SubmittedJob,
    { upstream, target }: CopyDestination,
    request: CapturedRequest,
    credentials: Copy['credentials'],
    control: Answer,
  ): Copy {
    const { maxBodyBytes, timeoutMs } = migration.shadow;
    const hashMs = hashMsFor(control, timeoutMs);
    return { upstream, target, mode, head, request, credentials, maxBodyBytes, hashMs, timeoutMs };
  }

  #deliver(
    job: SubmittedJob,
    request: CapturedRequest,
    control: Answer,
    candidate: Answer,
    again: Answer | undefined,
  ): boolean {
    const { id, migration, route, at } = job;
    const fromMonolith = job.control === 'monolith';
    const [monolith, service] = fromMonolith ? [control, candidate] : [candidate, control];
    const facts = { id, migration: migration.id, route, at, control: job.control };
    if (!again && this.#deps.deliverSame) {
      const same = areSame(request.method, control, candidate, migration);
      if (same && !this.#isComparedWhole(migration.id, route, same.control.status)) {
        const { method, target, headers } = request;
        return this.#deps.deliverSame({
          ...facts,
          request: { method, target, headers },
          status: same.control.status,
          headers: same.control.headers,
          monolithMs: monolith.durationMs,
          serviceMs: service.durationMs,
        });
      }
    }
    const pair = { ...facts, request, monolith, service };
    return this.#deps.deliver(again ? { ...pair, monolithAgain: again } : pair);
  }

  /** The first few of a kind, too: they are samples of what clients ask for. */
  #isComparedWhole(migration: string, route: string, status: number): boolean {
    const { compareSameEvery, wholeSames } = this.#deps.limits;
    const kind = `${migration} ${status} ${route}`;
    const before = this.#samesOf.get(kind) ?? 0;
    if (before < wholeSames && this.#samesOf.size < MAX_KINDS) {
      this.#samesOf.set(kind, before + 1);
      return true;
    }
    return ++this.#sameCount % compareSameEvery === 0;
  }
}

/** Routes are few, and so are the statuses of a sane upstream. */
const MAX_KINDS = 5000;

/** How long an answer that is to be held against another large one may be hashed; its place is one of a few. */
const MAX_HASHING_MS = 30_000;

/** Of no use where the other side has no hash; against a body that was kept, length and hash say that they differ. */
function hashMsFor(control: Answer, timeoutMs: number): number {
  if (control.outcome === 'too-large') return 0;
  return control.outcome === 'hashed' ? MAX_HASHING_MS : timeoutMs;
}
