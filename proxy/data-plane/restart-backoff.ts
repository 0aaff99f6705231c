import type { Clock } from '../telemetry/clock.ts';

/** Deaths within this time slow the next start down: a worker that can't live must not be forked in a loop. */
const CRASH_WINDOW_MS = 10_000;
const CRASHES_AT_ONCE = 4;
const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 5000;

/** How long to wait before what died is started again: not at all at first, then twice as long each time. */
export function createRestartBackoff(clock: Clock): () => number {
  let deaths: number[] = [];
  return () => {
    const now = clock.monotonic();
    deaths = [...deaths.filter((at) => at > now - CRASH_WINDOW_MS), now];
    const extra = deaths.length - CRASHES_AT_ONCE;
    return extra <= 0 ? 0 : Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (extra - 1));
  };
}
