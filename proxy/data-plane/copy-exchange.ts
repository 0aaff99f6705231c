import { answerOf, BodyCapture } from '../shadow/capture.ts';
import type { HashBudget } from '../shadow/hash-budget.ts';
import type { Copy, CopyResult } from '../shadow/shadow-job.ts';
import type { Clock } from '../telemetry/clock.ts';
import { copyHead } from './copy-head.ts';
import { DryRunQuestion } from './dry-run-question.ts';
import type { Failure } from './failures.ts';
import type { ResponseHead } from './response-head.ts';
import type { ExchangeSink, UpstreamConnection } from './upstream-connection.ts';
import type { UpstreamPool } from './upstream-pool.ts';
import type { Waiter } from './waiting-line.ts';

/** Connections that are asked for their dry run before a write is copied; one that closes each time is no use. */
const MAX_QUESTIONS = 5;

/** Connections whose other end has said that it runs dry. */
const runsDry = new WeakSet<UpstreamConnection>();

/** One copy on its way, and its answer back, within its time. Settles once. */
export class CopyExchange implements ExchangeSink, Waiter {
  readonly #copy: Copy;
  readonly #pool: UpstreamPool;
  readonly #clock: Clock;
  readonly #settle: (result: CopyResult) => void;
  readonly #body: BodyCapture;
  readonly #startedAt: number;
  #timer: NodeJS.Timeout;
  #pause: NodeJS.Timeout | undefined;
  #connection: UpstreamConnection | undefined;
  /** Being asked for its dry run. */
  #asked: UpstreamConnection | undefined;
  #head: ResponseHead | undefined;
  #isHashing = false;
  #isDone = false;
  #retried = false;
  #questions = 0;

  constructor(
    copy: Copy,
    pool: UpstreamPool,
    deps: { readonly clock: Clock; readonly hashing: HashBudget },
    settle: (result: CopyResult) => void,
  ) {
    this.#copy = copy;
    this.#pool = pool;
    this.#clock = deps.clock;
    this.#settle = settle;
    this.#body = new BodyCapture(copy.maxBodyBytes, copy.hashMs > 0 ? deps.hashing : undefined);
    this.#startedAt = deps.clock.monotonic();
    this.#timer = setTimeout(() => this.#onTimeout(copy.timeoutMs), copy.timeoutMs);
    pool.acquire(this);
  }

  onConnection(connection: UpstreamConnection): void {
    if (this.#isDone) {
      this.#pool.giveBack(connection);
      return;
    }
    const { mode, request } = this.#copy;
    if (mode === 'dry-run' && !runsDry.has(connection)) {
      this.#askForDryRun(connection);
      return;
    }
    if (!connection.begin(this, request.method, copyHead(this.#copy))) {
      this.#pool.acquire(this);
      return;
    }
    this.#connection = connection;
    if (request.body.length > 0) connection.send(Buffer.from(request.body));
    connection.requestComplete();
  }

  onUnavailable(failure: Failure): void {
    if (failure.code === 'upstream_open') this.#end({ outcome: 'not-sent', reason: 'copies_open' });
    else if (failure.code === 'upstream_busy') this.#end({ outcome: 'not-sent', reason: 'copies_busy' });
    else this.onFailure(failure);
  }

  onInformation(): void {}

  onWritable(): void {}

  onHead(head: ResponseHead): void {
    this.#head = head;
  }

  onBody(chunk: Buffer, last: boolean): void {
    const waitMs = this.#body.add(chunk);
    if (this.#body.tooLarge !== '') this.#giveUp('too-large', this.#body.tooLarge);
    else if (last) this.onEnd();
    else if (this.#body.isHashing) this.#goOnHashing(waitMs);
  }

  onEnd(): void {
    const { status, headers } = this.#head!;
    const durationMs = this.#elapsedMs();
    this.#pool.latency.add(durationMs, this.#pool.coarseNow());
    this.#end(answerOf({ status, headers }, this.#body, durationMs));
  }

  onFailure(failure: Failure): void {
    // A write goes once; before that was only the question whether it may.
    const mayRetry = failure.stale === true && (this.#copy.mode === 'compare' || !this.#connection);
    this.#connection = undefined;
    if (mayRetry && !this.#retried && !this.#isDone) {
      // A kept connection that was dead says nothing of the service.
      this.#retried = true;
      this.#pool.acquire(this, true);
    } else {
      this.#end({ outcome: 'failed', detail: failure.detail, durationMs: this.#elapsedMs() });
    }
  }

  #askForDryRun(connection: UpstreamConnection): void {
    const question = new DryRunQuestion(
      (itDoes) => {
        this.#asked = undefined;
        if (itDoes && this.#questions < MAX_QUESTIONS) {
          runsDry.add(connection);
          // A turn later the connection is free, and first in line.
          setImmediate(() => this.#isDone || this.#pool.acquire(this));
        } else {
          this.#end({ outcome: 'not-sent', reason: 'dry_run_refused' });
        }
      },
      (failure) => {
        this.#asked = undefined;
        this.onFailure(failure);
      },
    );
    if (connection.begin(question, 'GET', DryRunQuestion.head(this.#copy.upstream))) {
      this.#questions++;
      this.#asked = connection;
      connection.requestComplete();
    } else {
      this.#pool.acquire(this);
    }
  }

  #goOnHashing(waitMs: number): void {
    if (!this.#isHashing) {
      this.#isHashing = true;
      clearTimeout(this.#timer);
      const leftMs = this.#copy.hashMs - this.#elapsedMs();
      this.#timer = setTimeout(() => this.#onTimeout(this.#copy.hashMs), leftMs);
    }
    if (waitMs === 0 || this.#pause) return;
    const connection = this.#connection!;
    connection.pause();
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      if (!this.#isDone) connection.resume();
    }, waitMs);
  }

  #onTimeout(limitMs: number): void {
    // Only an upstream that has the request and says nothing is to blame, and rested from.
    if (this.#connection && !this.#head) this.#pool.onFault('upstream_timeout');
    if (this.#isHashing)
      this.#giveUp(
        'too-large',
        `over ${this.#copy.maxBodyBytes} bytes, of which more came for ${limitMs} ms`,
      );
    else this.#giveUp('timed-out', `over ${limitMs} ms`);
  }

  #giveUp(outcome: 'too-large' | 'timed-out', detail: string): void {
    this.#pool.forget(this);
    this.#connection?.abort();
    this.#asked?.abort();
    this.#end({ outcome, detail, durationMs: this.#elapsedMs() });
  }

  #elapsedMs(): number {
    return this.#clock.monotonic() - this.#startedAt;
  }

  #end(result: CopyResult): void {
    if (this.#isDone) return;
    this.#isDone = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#pause);
    this.#body.discard();
    this.#settle(result);
  }
}
