import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock } from '../telemetry/clock.ts';

/** What one process measures of itself. */
export interface LoadSample {
  /** Bytes of the JavaScript heap in use, rubbish included. */
  readonly heapBytes: number;
  readonly maxHeapBytes: number;
  /** The same with buffers outside the heap. */
  readonly allBytes: number;
}

export interface LoadSheddingLimits {
  /** What heap and buffers of this process may take up together. */
  readonly maxBytes: number;
  /** Part of either limit from which requests are refused, and under which they are taken again. */
  readonly memoryHigh: number;
  readonly memoryLow: number;
  /** The loop is overloaded when it was late by this much at `lateLooks` looks in a row. */
  readonly lagHighMs: number;
  readonly lagLowMs: number;
  readonly lateLooks: number;
  /** From here on what nobody waits for, such as copies, makes way: long before a request is refused. */
  readonly memoryPressed: number;
  readonly lagPressedMs: number;
}

/** Looks in a row at which the loop was late, before that counts as pressure. */
const PRESSED_LOOKS = 2;

export const defaultLoadSheddingLimits: LoadSheddingLimits = {
  maxBytes: Number.POSITIVE_INFINITY,
  memoryHigh: 0.85,
  memoryLow: 0.75,
  lagHighMs: 500,
  lagLowMs: 250,
  lateLooks: 4,
  memoryPressed: 0.7,
  lagPressedMs: 60,
};

export interface LoadShedding {
  /** Whether this request is refused with `overloaded`: one comparison, as long as there is room. */
  sheds(): boolean;
  /** Why requests are being refused; undefined while there is room. */
  readonly reason: 'memory' | 'event-loop' | undefined;
  /** The same for what nobody waits for, which makes way earlier. */
  readonly pressedBy: 'memory' | 'event-loop' | undefined;
  close(): void;
}

export const neverSheds: LoadShedding = {
  sheds: () => false,
  reason: undefined,
  pressedBy: undefined,
  close() {},
};

export interface LoadSheddingDeps {
  readonly clock: Clock;
  readonly limits?: Partial<LoadSheddingLimits>;
  readonly random?: () => number;
  readonly measure?: () => LoadSample;
  /** Makes rubbish give its memory back, so that what is measured next is in use. */
  readonly collect?: () => void;
  /** Called when refusing starts (with the reason) and ends. */
  readonly onChange?: (reason: LoadShedding['reason']) => void;
}

const SAMPLE_EVERY_MS = 100;
/** Collecting stops the process for a while; memory that has room again by itself needs none. */
const COLLECT_EVERY_MS = 2000;
/** Part of the requests by which a late loop refuses more, or fewer, with each look. */
const LAG_STEP = 0.1;

/**
 * Refuses requests before memory runs out or the event loop falls behind for good. A busy loop with a short
 * queue is no overload: what counts is that it was late at every single look for a while (the smallest
 * delay of an interval, as in RFC 8289), so neither full load nor one long stall refuses anybody.
 */
export function startLoadShedding(deps: LoadSheddingDeps): LoadShedding {
  const { clock, random = Math.random, measure = measureProcess, collect = collectGarbage } = deps;
  const limits = { ...defaultLoadSheddingLimits, ...deps.limits };
  let share = 0;
  let lagShare = 0;
  let reason: LoadShedding['reason'];
  let memoryIsFull = false;
  let collectedAt = Number.NEGATIVE_INFINITY;
  let expectedAt = clock.monotonic() + SAMPLE_EVERY_MS;
  let lateInARow = 0;
  let pressedInARow = 0;
  let pressedBy: LoadShedding['pressedBy'];

  const usedPart = (): number => {
    const { heapBytes, maxHeapBytes, allBytes } = measure();
    return Math.max(heapBytes / maxHeapBytes, allBytes / limits.maxBytes);
  };
  const isMemoryFull = (now: number, part: number): boolean => {
    const edge = memoryIsFull ? limits.memoryLow : limits.memoryHigh;
    if (part < edge) return false;
    if (now - collectedAt < COLLECT_EVERY_MS) return true;
    // Only what is left after a collection is in use; and nothing else would collect while all is refused.
    collectedAt = now;
    collect();
    return usedPart() >= edge;
  };
  const takeLag = (now: number): void => {
    const isLate = now - expectedAt >= (lagShare > 0 ? limits.lagLowMs : limits.lagHighMs);
    lateInARow = isLate ? lateInARow + 1 : 0;
    if (!isLate) lagShare = Math.max(0, lagShare - LAG_STEP);
    else if (lateInARow >= limits.lateLooks) lagShare = Math.min(0.9, lagShare + LAG_STEP);
  };
  const look = (): void => {
    const now = clock.monotonic();
    const part = usedPart();
    pressedInARow = now - expectedAt >= limits.lagPressedMs ? pressedInARow + 1 : 0;
    takeLag(now);
    memoryIsFull = isMemoryFull(now, part);
    share = memoryIsFull ? 1 : lagShare;
    const before = reason;
    reason = memoryIsFull ? 'memory' : lagShare > 0 ? 'event-loop' : undefined;
    const isLate = lagShare > 0 || pressedInARow >= PRESSED_LOOKS;
    pressedBy = memoryIsFull || part >= limits.memoryPressed ? 'memory' : isLate ? 'event-loop' : undefined;
    if (reason !== before) deps.onChange?.(reason);
    expectedAt = clock.monotonic() + SAMPLE_EVERY_MS;
    timer = setTimeout(look, SAMPLE_EVERY_MS).unref();
  };
  let timer = setTimeout(look, SAMPLE_EVERY_MS).unref();
  return {
    sheds: () => share > 0 && random() < share,
    get reason() {
      return reason;
    },
    get pressedBy() {
      return pressedBy;
    },
    close: () => clearTimeout(timer),
  };
}

/** V8's limit has three semi-spaces of 32 MiB in it; a process ends when the rest, the old generation, is full. */
const YOUNG_GENERATION_BYTES = 96 * 1024 * 1024;

function measureProcess(): LoadSample {
  const { used_heap_size, heap_size_limit, external_memory } = getHeapStatistics();
  return {
    heapBytes: used_heap_size,
    maxHeapBytes: Math.max(heap_size_limit - YOUNG_GENERATION_BYTES, heap_size_limit / 2),
    allBytes: used_heap_size + external_memory,
  };
}

let gc: (() => void) | undefined;

function collectGarbage(): void {
  if (!gc) {
    // Node offers it only with a flag at the start, or like this.
    setFlagsFromString('--expose-gc');
    gc = runInNewContext('gc') as () => void;
  }
  gc();
}
