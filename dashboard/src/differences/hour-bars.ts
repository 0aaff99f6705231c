import type { SignatureHour } from '../../../proxy/admin/api-types.ts';

/** What one hour or day shows of a signature. */
export interface RateBar {
  /** ISO time at which it begins. */
  readonly at: string;
  readonly pairs: number;
  readonly routePairs: number;
  /** Pairs asked twice, and those in which the monolith shows it with itself. */
  readonly ownAsked: number;
  readonly own: number;
  /** Builds of the service that were seen in it. */
  readonly builds: readonly string[];
}

export interface RateBars {
  readonly unit: 'hour' | 'day';
  /** One for each hour or day from the first to the last; undefined where the route had no pair. */
  readonly bars: readonly (RateBar | undefined)[];
  /** The highest share of any of them, 0 to 1. */
  readonly highest: number;
}

const hourMs = 3_600_000;
/** Longer ones are shown by days. */
const maxHours = 72;

/** `hours`: oldest first, several for one hour where builds changed. Days are those of the reader's zone. */
export function rateBars(hours: readonly SignatureHour[]): RateBars {
  const [first, last] = [hours[0], hours.at(-1)];
  if (!first || !last) return { unit: 'hour', bars: [], highest: 0 };
  const isByHour = Date.parse(last.hour) - Date.parse(first.hour) < maxHours * hourMs;
  const startOf = isByHour ? (at: number) => at : startOfDay;
  const byStart = Map.groupBy(hours, ({ hour }) => startOf(Date.parse(hour)));
  const bars: (RateBar | undefined)[] = [];
  const end = Date.parse(last.hour);
  for (let at = startOf(Date.parse(first.hour)); at <= end; at = isByHour ? at + hourMs : nextDay(at)) {
    const parts = byStart.get(at);
    bars.push(parts && barOf(at, parts));
  }
  const shares = bars.flatMap((bar) => (bar ? [shareOf(bar), ownShareOf(bar)] : []));
  return { unit: isByHour ? 'hour' : 'day', bars, highest: Math.max(0, ...shares) };
}

export const shareOf = ({ pairs, routePairs }: RateBar): number =>
  routePairs === 0 ? 0 : pairs / routePairs;
export const ownShareOf = ({ own, ownAsked }: RateBar): number => (ownAsked === 0 ? 0 : own / ownAsked);

function barOf(at: number, parts: readonly SignatureHour[]): RateBar {
  const sum = (of: (hour: SignatureHour) => number) => parts.reduce((total, part) => total + of(part), 0);
  return {
    at: new Date(at).toISOString(),
    pairs: sum(({ pairs }) => pairs),
    routePairs: sum(({ routePairs }) => routePairs),
    ownAsked: sum(({ askedTwice }) => askedTwice.pairs),
    own: sum(({ askedTwice }) => askedTwice.monolith),
    builds: [...new Set(parts.map(({ serviceBuild }) => serviceBuild))],
  };
}

/** So many hours or days before a time, as ISO time. */
export function timeBefore(at: string, units: number, unit: RateBars['unit']): string {
  const time = new Date(at);
  if (unit === 'hour') time.setTime(time.getTime() - units * hourMs);
  else time.setDate(time.getDate() - units);
  return time.toISOString();
}

function startOfDay(at: number): number {
  const day = new Date(at);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime();
}

/** A day in which clocks change is not 24 hours long. */
function nextDay(at: number): number {
  const day = new Date(at);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1).getTime();
}
