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

function areTimesWithin(one: string, other: string, withinMs: number): boolean {
  const times = [timeOf(one), timeOf(other)];
  if (times[0] === undefined || times[1] === undefined) return false;
  return Math.abs(times[0] - times[1]) <= withinMs;
}

const isoTime = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?: ?(?:Z|[+-]\d\d:?\d\d))?)?$/i;
/** RFC 1123, and RFC 850 as old servers have it. */
const httpTime =
  /^(?:[A-Z][a-z]{2,8}, )?\d{1,2}[ -][A-Z][a-z]{2}[ -]\d{2,4} \d\d:\d\d:\d\d (?:GMT|UTC|[+-]\d{4})$/;
const epoch = /^\d{9,10}(?:\.\d{1,9})?$|^\d{12,13}$|^\d{15,16}$/;

/** Milliseconds since 1970 of an ISO 8601 or HTTP date, or of seconds, milliseconds or microseconds since then. */
export function timeOf(text: string): number | undefined {
  if (text.length > 40) return undefined;
  if (epoch.test(text)) {
    const whole = text.split('.')[0]!.length;
    return Number(text) * (whole <= 10 ? 1000 : whole <= 13 ? 1 : 0.001);
  }
  if (!isoTime.test(text) && !httpTime.test(text)) return undefined;
  // Without a zone the same one is meant on both sides: whichever it is.
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}
