import type { Pair } from './pair.ts';

/** Pairs that wait to be compared: bounded in number and bytes, the oldest give way. */
export interface PairQueue {
  /** Returns how many pairs gave way, the new one included when it alone is too large. */
  add(pair: Pair): number;
  take(): Pair | undefined;
  /** Empties the queue; returns how many pairs it held. */
  clear(): number;
}

export function createPairQueue(limits: { readonly maxPairs: number; readonly maxBytes: number }): PairQueue {
  let waiting: Pair[] = [];
  let bytes = 0;
  return {
    add(pair) {
      waiting.push(pair);
      bytes += bytesOf(pair);
      let dropped = 0;
      while (waiting.length > limits.maxPairs || bytes > limits.maxBytes) {
        bytes -= bytesOf(waiting.shift() as Pair);
        dropped++;
      }
      return dropped;
    },
    take() {
      const pair = waiting.shift();
      if (pair) bytes -= bytesOf(pair);
      return pair;
    },
    clear() {
      const dropped = waiting.length;
      waiting = [];
      bytes = 0;
      return dropped;
    },
  };
}

/** Memory that a pair holds, roughly: bodies, and two bytes for each character of the heads. */
function bytesOf({ request, monolith, service, monolithAgain }: Pair): number {
  let bytes = request.body.byteLength + 2 * (request.target.length + charsIn(request.headers));
  for (const answer of [monolith, service, monolithAgain]) {
    if (answer?.outcome === 'complete') bytes += answer.body.byteLength + 2 * charsIn(answer.headers);
  }
  return bytes;
}

function charsIn(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length, 0);
}
