import { defaultCompareLimits } from './compare/limits.ts';
import type { ComparedMigration } from './comparer-job.ts';
import type { ComparedPair, CompleteAnswer, FailedAnswer, Pair } from './pair.ts';

/** What the thread is started with. */
export interface ComparerThreadData {
  readonly redactionKey: Uint8Array;
  /** Undefined: what is hidden is kept nowhere. */
  readonly sealingKey: Uint8Array | undefined;
}

/** Host to thread, handled in order. A pair's migration is among the last ones sent. */
export type ComparerTask =
  | { readonly kind: 'migrations'; readonly migrations: readonly ComparedMigration[] }
  | { readonly kind: 'pair'; readonly pair: Pair };

/** Thread to host: `ready` once, then one for each pair. */
export type ComparerReport =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'compared';
      readonly compared: ComparedPair;
      /** Indexes of the rules that mattered; undefined for a pair whose bodies were not gone through. */
      readonly mattered: readonly number[] | undefined;
    };

const { maxBodyBytes } = defaultCompareLimits;

/** An answer as one that was too large to keep; a request without its body. */
function unread<Part extends object>(part: Part, byteLength: number): Part {
  if (!('outcome' in part)) return { ...part, body: new Uint8Array() };
  const detail = `${byteLength} bytes, over ${maxBodyBytes}`;
  const { durationMs } = part as unknown as CompleteAnswer;
  return { outcome: 'too-large', detail, durationMs } satisfies FailedAnswer as unknown as Part;
}

/** A task with bodies of its own, which move to the thread instead of being copied there. */
export function movable(pair: Pair): { readonly task: ComparerTask; readonly buffers: ArrayBuffer[] } {
  const buffers: ArrayBuffer[] = [];
  // Copied once: what arrives is a view of a larger buffer mostly, and a clone would take along all of that.
  const own = <Part extends object>(part: Part): Part => {
    if (!('body' in part)) return part;
    const { byteLength } = part.body as Uint8Array;
    // It would not be read there: copying tens of megabytes holds up this process for nothing.
    if (byteLength > maxBodyBytes) return unread(part, byteLength);
    const body = new Uint8Array(part.body as Uint8Array);
    buffers.push(body.buffer);
    return { ...part, body };
  };
  const { request, monolith, service, monolithAgain } = pair;
  return {
    task: {
      kind: 'pair',
      pair: {
        ...pair,
        request: own(request),
        monolith: own(monolith),
        service: own(service),
        ...(monolithAgain ? { monolithAgain: own(monolithAgain) } : {}),
      },
    },
    buffers,
  };
}
