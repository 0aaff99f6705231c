import type { Logger } from 'pino';
import type { Clock } from './clock.ts';

export type Warn = (fields: Readonly<Record<string, unknown>>, text: string) => void;

/**
 * Warns at most so many times a second; the next line then says how many were left out. When an upstream
 * dies, every request has something to say, and writing all of it would cost more than the requests.
 */
export function budgetedWarn(log: Pick<Logger, 'warn'>, clock: Clock, linesPerSecond: number): Warn {
  let windowStart = Number.NEGATIVE_INFINITY;
  let lines = 0;
  let suppressed = 0;
  return (fields, text) => {
    const now = clock.monotonic();
    if (now - windowStart >= 1000) {
      windowStart = now;
      lines = 0;
    }
    if (lines >= linesPerSecond) {
      suppressed++;
      return;
    }
    lines++;
    log.warn(suppressed === 0 ? fields : { ...fields, suppressed }, text);
    suppressed = 0;
  };
}
