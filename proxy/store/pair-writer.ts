import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type Clock, systemClock } from '../telemetry/clock.ts';
import { type Database, isRefused } from './database.ts';
import type { WrittenPair } from './model.ts';
import { type PairStore, samplesOf } from './pairs.ts';
import { createSampleBudget } from './sample-budget.ts';

export interface PairWriterLimits {
  /** Pairs that wait for Postgres: at most this many, and this many bytes of text. */
  readonly maxQueued: number;
  readonly maxQueuedBytes: number;
  readonly maxBatch: number;
  readonly maxBatchBytes: number;
  /** Of one signature: this many at once, and as many an hour. */
  readonly pairsPerSignature: number;
}

export const defaultPairWriterLimits: PairWriterLimits = {
  maxQueued: 10_000,
  maxQueuedBytes: 64 * 1024 * 1024,
  maxBatch: 500,
  maxBatchBytes: 8 * 1024 * 1024,
  pairsPerSignature: 20,
};

/** `queue-full`: newer pairs needed the room; `refused`: Postgres can't keep it; `closed`: not written in time. */
export type PairDropReason = 'queue-full' | 'refused' | 'closed';

export interface PairWriterCounts {
  readonly queued: number;
  readonly queuedBytes: number;
  readonly written: number;
  /** Not written because there are enough of the same signatures. */
  readonly superseded: number;
  readonly dropped: Readonly<Record<PairDropReason, number>>;
}

export interface PairWriter {
  /** Never waits and never fails. Agreed pairs are kept only as samples of what clients ask for. */
  add(pair: WrittenPair): void;
  /** Resolves when everything queued so far is written or dropped, or Postgres is away. */
  flush(): Promise<void>;
  counts(): PairWriterCounts;
  /** Writes what is queued, for at most `waitMs`. */
  close(waitMs: number): Promise<void>;
}

export interface PairWriterDeps {
  readonly database: Pick<Database, 'available' | 'onAvailable'>;
  readonly pairs: Pick<PairStore, 'insert'>;
  readonly log: Logger;
  /** `n` pairs will never be stored. */
  readonly onDropped?: (reason: PairDropReason, n: number) => void;
  readonly clock?: Pick<Clock, 'monotonic'>;
  readonly limits: PairWriterLimits;
}

interface Queued {
  readonly pair: WrittenPair;
  readonly bytes: number;
}

/** Gathers pairs for this long, so that a batch is worth its transaction. */
const gatherMs = 100;
const retryMs = 1_000;

/** Writes pairs in batches behind a bounded queue: what does not fit is the oldest, and it is counted. */
export function createPairWriter(deps: PairWriterDeps): PairWriter {
  const { database, pairs, log, limits, onDropped, clock = systemClock } = deps;
  const budget = createSampleBudget({ perHour: limits.pairsPerSignature, clock });
  const dropped: Record<PairDropReason, number> = { 'queue-full': 0, refused: 0, closed: 0 };
  const closing = new AbortController();
  let queue: Queued[] = [];
  let queuedBytes = 0;
  let written = 0;
  let superseded = 0;
  let writing: Promise<void> | undefined;
  const unsubscribe = database.onAvailable(() => void start());

  return {
    add(pair) {
      if ((pair.outcome === 'agreed' && !isSample(pair)) || closing.signal.aborted) return;
      push({ pair, bytes: textLength(pair) });
      void start();
    },
    flush: start,
    counts: () => ({ queued: queue.length, queuedBytes, written, superseded, dropped: { ...dropped } }),
    async close(waitMs) {
      unsubscribe();
      closing.abort();
      await Promise.race([start(), delay(waitMs, undefined, { ref: false })]);
      drop(queue.splice(0), 'closed');
    },
  };

  function push(item: Queued): void {
    queue.push(item);
    queuedBytes += item.bytes;
    dropOldest();
  }

  function dropOldest(): void {
    let count = 0;
    for (; queue.length - count > limits.maxQueued || queuedBytes > limits.maxQueuedBytes; count++) {
      queuedBytes -= queue[count]!.bytes;
    }
    if (count === 0) return;
    queue.splice(0, count);
    countDropped('queue-full', count);
  }

  function drop(items: readonly Queued[], reason: PairDropReason): void {
    for (const { bytes } of items) queuedBytes -= bytes;
    countDropped(reason, items.length);
  }

  function countDropped(reason: PairDropReason, count: number): void {
    if (count === 0) return;
    dropped[reason] += count;
    onDropped?.(reason, count);
  }

  function start(): Promise<void> {
    writing ??= writeAll().finally(() => {
      writing = undefined;
    });
    return writing;
  }

  async function writeAll(): Promise<void> {
    await pause(gatherMs);
    while (queue.length > 0 && database.available()) {
      const batch = takeBatch();
      const wanted = wantedOf(batch);
      try {
        await write(wanted);
      } catch (error) {
        for (const pair of wanted) budget.giveBack(samplesOf(pair));
        superseded -= batch.length - wanted.length;
        queue = [...batch, ...queue];
        for (const { bytes } of batch) queuedBytes += bytes;
        dropOldest();
        log.warn({ err: error, queued: queue.length }, 'Pairs could not be written; trying again');
        if (closing.signal.aborted) return;
        await pause(retryMs);
      }
    }
  }

  async function pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: closing.signal }).catch(() => {});
  }

  function takeBatch(): Queued[] {
    let count = 0;
    let bytes = 0;
    while (count < queue.length && count < limits.maxBatch && (count === 0 || bytes < limits.maxBatchBytes)) {
      bytes += queue[count++]!.bytes;
    }
    queuedBytes -= bytes;
    return queue.splice(0, count);
  }

  /** Under a flood of one difference the newest of a batch stay, as far as the budget of their signatures goes. */
  function wantedOf(batch: readonly Queued[]): WrittenPair[] {
    const wanted = batch.toReversed().filter(({ pair }) => budget.take(samplesOf(pair)));
    superseded += batch.length - wanted.length;
    return wanted.map(({ pair }) => pair).reverse();
  }

  /** In halves when Postgres refuses a value, until the pair that has it is alone. */
  async function write(batch: readonly WrittenPair[]): Promise<void> {
    try {
      await pairs.insert(batch);
      written += batch.length;
    } catch (error) {
      if (!isRefused(error)) throw error;
      if (batch.length === 1) {
        countDropped('refused', 1);
        log.warn({ err: error, pair: batch[0]!.id }, 'Postgres refuses a pair; it is dropped');
        return;
      }
      const middle = Math.ceil(batch.length / 2);
      await write(batch.slice(0, middle));
      await write(batch.slice(middle));
    }
  }
}

/** Of what clients ask for. */
const isSample = ({ request, use }: WrittenPair): boolean => request !== undefined && use !== undefined;

function textLength({ request, monolith, service, differences, sealed }: WrittenPair): number {
  let length = 500 + (sealed?.sealed.length ?? 0);
  for (const side of [request, monolith, service]) {
    length += side?.body.length ?? 0;
    for (const header of side?.headers ?? []) length += header.length;
  }
  for (const difference of differences) {
    length += 200 + (difference.monolith?.length ?? 0) + (difference.service?.length ?? 0);
  }
  return length;
}
