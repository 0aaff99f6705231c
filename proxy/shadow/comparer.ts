import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import { type ComparedMigration, factsOf, type PairFacts } from './comparer-job.ts';
import {
  type ComparerReport,
  type ComparerTask,
  type ComparerThreadData,
  movable,
} from './comparer-messages.ts';
import { createPairQueue, type PairQueue } from './comparer-queue.ts';
import { coverageOf } from './coverage.ts';
import type { ComparedPair, Pair } from './pair.ts';
import { RuleCounts, type RuleUse } from './rule-use.ts';

export interface ComparerDependencies {
  /** For each pair that was compared, with the hash of the rules that it was compared under. */
  readonly onCompared: (compared: ComparedPair, rulesHash: string) => void;
  /** `n` pairs were given up. */
  readonly onDropped: (reason: ComparerDropReason, n: number) => void;
  readonly log: Logger;
  /** The installation's key: under it, equal secrets stay recognisable as equal. */
  readonly redactionKey: Uint8Array;
  /** What `redact` rules hide is kept sealed with it; undefined: it is kept nowhere. */
  readonly sealingKey?: Uint8Array | undefined;
  readonly maxQueuedPairs: number;
  readonly maxQueuedBytes: number;
  /** For one pair; over it, the thread is replaced and the pair is incomparable. */
  readonly timeBudgetMs: number;
}

/** `queue-full`: pairs come faster than they are compared; `unknown-migration`: it left routes.yaml meanwhile. */
export type ComparerDropReason = 'queue-full' | 'unknown-migration' | 'closed';

export interface Comparer {
  /** Never waits and never throws. */
  submit(pair: Pair): void;
  /** Holds for all pairs whose comparison has not begun. */
  setMigrations(migrations: readonly ComparedMigration[]): void;
  /** What the rules of a migration were good for since they hold. */
  ruleUse(migration: string): readonly RuleUse[];
  /** Ends the thread; pairs that still wait are dropped. */
  close(): Promise<void>;
}

/** Starts the thread that compares pairs. Whatever a pair does to that thread, this process goes on. */
export function createComparer(dependencies: ComparerDependencies): Comparer {
  return new ThreadComparer(dependencies);
}

/** A thread that died without a pair would die again at once; the queue is bounded meanwhile. */
const restartDelayMs = 1000;

/** Far above what the limits of a comparison let it need. */
const maxHeapMb = 512;

interface Thread {
  readonly worker: Worker;
  ready: boolean;
  /** The pair that is being compared. */
  running:
    | { readonly facts: PairFacts; readonly rulesHash: string; readonly timer: NodeJS.Timeout }
    | undefined;
  /** Why the thread ends, once that is known. */
  end: string | undefined;
}

class ThreadComparer implements Comparer {
  readonly #dependencies: ComparerDependencies;
  readonly #queue: PairQueue;
  readonly #ruleCounts = new RuleCounts();
  #migrations: ReadonlyMap<string, ComparedMigration> = new Map();
  #thread: Thread;
  #restart: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(dependencies: ComparerDependencies) {
    this.#dependencies = dependencies;
    this.#queue = createPairQueue({
      maxPairs: dependencies.maxQueuedPairs,
      maxBytes: dependencies.maxQueuedBytes,
    });
    this.#thread = this.#startThread();
  }

  submit(pair: Pair): void {
    if (this.#closed) {
      this.#dependencies.onDropped('closed', 1);
      return;
    }
    const dropped = this.#queue.add(pair);
    if (dropped > 0) this.#dependencies.onDropped('queue-full', dropped);
    this.#next();
  }

  setMigrations(migrations: readonly ComparedMigration[]): void {
    this.#migrations = new Map(migrations.map((migration) => [migration.id, migration]));
    this.#ruleCounts.setMigrations(migrations);
    if (this.#thread.ready) this.#sendMigrations();
    this.#next();
  }

  ruleUse(migration: string): readonly RuleUse[] {
    return this.#ruleCounts.of(migration);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#restart);
    const { running, worker } = this.#thread;
    clearTimeout(running?.timer);
    const dropped = this.#queue.clear() + (running ? 1 : 0);
    if (dropped > 0) this.#dependencies.onDropped('closed', dropped);
    await worker.terminate();
  }

  #startThread(): Thread {
    const { redactionKey, sealingKey } = this.#dependencies;
    const worker = new Worker(new URL('./comparer-thread.ts', import.meta.url), {
      workerData: { redactionKey, sealingKey } satisfies ComparerThreadData,
      name: 'comparer',
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: maxHeapMb },
    });
    const thread: Thread = { worker, ready: false, running: undefined, end: undefined };
    worker.on('message', (report: ComparerReport) => this.#onReport(thread, report));
    worker.on('error', (error) => this.#onError(thread, error));
    worker.on('exit', () => this.#onExit(thread));
    return thread;
  }

  #onReport(thread: Thread, report: ComparerReport): void {
    if (this.#closed) return;
    if (report.kind === 'ready') {
      thread.ready = true;
      this.#sendMigrations();
    } else if (thread.running) {
      const { timer, rulesHash } = thread.running;
      clearTimeout(timer);
      thread.running = undefined;
      const { compared, mattered } = report;
      if (mattered !== undefined) this.#ruleCounts.record(compared, rulesHash, mattered);
      this.#dependencies.onCompared(compared, rulesHash);
    }
    this.#next();
  }

  /** Gives the thread its next pair when it is free for one. */
  #next(): void {
    const thread = this.#thread;
    while (thread.ready && !thread.running && thread.end === undefined && !this.#closed) {
      const pair = this.#queue.take();
      if (pair === undefined) return;
      const migration = this.#migrations.get(pair.migration);
      if (migration === undefined) {
        this.#dependencies.onDropped('unknown-migration', 1);
        continue;
      }
      const timer = setTimeout(() => this.#onOverBudget(thread), this.#dependencies.timeBudgetMs);
      const facts = { ...factsOf(pair), coverage: coverageOf(pair, migration.coverage?.role) };
      thread.running = { facts, rulesHash: migration.rulesHash, timer };
      const { task, buffers } = movable(pair);
      thread.worker.postMessage(task, buffers);
    }
  }

  #onOverBudget(thread: Thread): void {
    const pair = thread.running;
    // When this process was busy, the report may be waiting to be read: it gets a turn first.
    setImmediate(() => {
      if (this.#closed || thread.running !== pair) return;
      thread.end = `too complex: over ${this.#dependencies.timeBudgetMs} ms`;
      void thread.worker.terminate();
    });
  }

  /** Neither the reason nor the log quotes the error's message: it might quote a body. */
  #onError(thread: Thread, thrown: unknown): void {
    const error: Error & { code?: string } =
      thrown instanceof Error ? thrown : new Error('no error was thrown');
    const isMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    thread.end = isMemory
      ? `too complex: over ${maxHeapMb} MB`
      : `comparing failed: ${error.code ?? error.name}`;
    const at = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
    this.#dependencies.log.error(
      { error: error.code ?? error.name, at: at.slice(0, 5) },
      'comparer thread failed',
    );
  }

  #onExit(thread: Thread): void {
    if (this.#closed) return;
    thread.ready = false;
    const { running, end = 'comparing failed: its thread ended' } = thread;
    clearTimeout(running?.timer);
    const restart = () => {
      this.#thread = this.#startThread();
    };
    if (running) restart();
    else this.#restart = setTimeout(restart, restartDelayMs);
    if (running === undefined) return;
    this.#dependencies.log.warn(
      { pair: running.facts.id, route: running.facts.route, reason: end },
      'pair not compared',
    );
    const compared: ComparedPair = {
      ...running.facts,
      outcome: 'incomparable',
      reason: end,
      differences: [],
    };
    this.#dependencies.onCompared(compared, running.rulesHash);
  }

  #sendMigrations(): void {
    const migrations = [...this.#migrations.values()];
    this.#thread.worker.postMessage({ kind: 'migrations', migrations } satisfies ComparerTask);
  }
}
