import { type RulesHere, tolerancesOf } from './compiled-rules.ts';
import { isWithin } from './json-number.ts';

/** A number as JSON writes it: what is longer is no number that somebody tolerates. */
const number = /^-?\d{1,40}(?:\.\d{1,40})?(?:[eE][+-]?\d{1,4})?$/;

/** Whether two texts are numbers or times that the rules let be as far apart as they are. */
export function isTolerated(monolith: string, service: string, rules: RulesHere): boolean {
  for (const tolerance of tolerancesOf(rules)) {
    const near =
      tolerance.rule === 'tolerate'
        ? number.test(monolith) && number.test(service) && isWithin(monolith, service, tolerance.within)
        : areTimesWithin(monolith, service, tolerance.withinMs);
    if (!near) continue;
    tolerance.of.mattered = true;
    return true;
  }
  return false;
}

/** Two times in one format: a service that sends seconds in place of milliseconds breaks its clients. */
function areTimesWithin(one: string, other: string, withinMs: number): boolean {
  const times = [readTime(one), readTime(other)] as const;
  if (times[0] === undefined || times[1] === undefined || times[0].format !== times[1].format) return false;
  return Math.abs(times[0].ms - times[1].ms) <= withinMs;
}

const isoTime = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?: ?(?:Z|[+-]\d\d:?\d\d))?)?$/i;
/** RFC 1123, and RFC 850 as old servers have it. */
const httpTime =
  /^(?:[A-Z][a-z]{2,8}, )?\d{1,2}[ -][A-Z][a-z]{2}[ -]\d{2,4} \d\d:\d\d:\d\d (?:GMT|UTC|[+-]\d{4})$/;
const epoch = /^\d{9,10}(?:\.\d{1,9})?$|^\d{12,13}$|^\d{15,16}$/;

/** Milliseconds since 1970 of an ISO 8601 or HTTP date, or of seconds, milliseconds or microseconds since then. */
export function timeOf(text: string): number | undefined {
  return readTime(text)?.ms;
}

function readTime(text: string): { readonly format: string; readonly ms: number } | undefined {
  if (text.length > 40) return undefined;
  if (epoch.test(text)) {
    const digits = text.split('.')[0]!.length;
    if (digits <= 10) return { format: 'seconds', ms: Number(text) * 1000 };
    return digits <= 13
      ? { format: 'milliseconds', ms: Number(text) }
      : { format: 'microseconds', ms: Number(text) / 1000 };
  }
  const format = isoTime.test(text) ? 'ISO 8601' : httpTime.test(text) ? 'HTTP' : undefined;
  // Without a zone the same one is meant on both sides: whichever it is.
  const ms = format === undefined ? Number.NaN : Date.parse(text);
  return format === undefined || Number.isNaN(ms) ? undefined : { format, ms };
}
