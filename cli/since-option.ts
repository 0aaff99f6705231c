import { secondsOf } from './amount-options.ts';
import { UsageError } from './failures.ts';

/** `30m`, `12h`, `7d` ago, or a date such as `2026-11-20` or `2026-11-20T09:00` of the local time zone; as ISO time. */
export function parseSince(text: string, now = Date.now()): string {
  const seconds = secondsOf(text);
  if (seconds !== undefined) return new Date(now - seconds * 1000).toISOString();
  // A date alone would be one of UTC.
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00` : text;
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(at) : Number.NaN;
  if (Number.isNaN(time))
    throw new UsageError(`--since wants 30m, 12h, 7d or a date such as 2026-11-20, not "${text}"`);
  return new Date(time).toISOString();
}
