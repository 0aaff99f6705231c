import type { Pace } from './protocol.ts';

/**
 * When each exchange is due, in ms since the start. Due times are fixed by the pace alone and never moved by a
 * slow answer: who falls behind is late, and lateness counts as latency (Gil Tene, "How NOT to measure latency":
 * coordinated omission).
 */
export interface Pacer {
  /** `index`: of the exchanges that are sent, from 0; `at`: when it was recorded, in ms. */
  dueMs(index: number, at: number): number;
}

export function createPacer(pace: Pace): Pacer {
  if (pace.kind === 'unpaced') return { dueMs: () => 0 };
  if (pace.kind === 'per-second') return { dueMs: (index) => (index * 1000) / pace.rate };
  let first: number | undefined;
  let latest = 0;
  return {
    dueMs(_, at) {
      first ??= at;
      // Answers that overlapped were recorded a little out of order.
      latest = Math.max(latest, (at - first) / pace.speed);
      return latest;
    },
  };
}
