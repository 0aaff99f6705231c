import type { Values } from '../../../proxy/admin/api-types.ts';

/** Which colour a line has: `--chart-<tone>` in styles/charts.css. */
export type Tone = 'monolith' | 'service' | 'copies' | 'quiet' | 'one' | 'two' | 'three' | 'four' | 'five';

export interface Line {
  readonly label: string;
  readonly tone: Tone;
  /** Told apart without colours, too. */
  readonly dash?: 'long' | 'short';
  readonly values: Values;
}

/** Something that happened, shown as a line across the chart. */
export interface Mark {
  /** Seconds since 1970. */
  readonly at: number;
  /** Its number in the list beside the charts, or none. */
  readonly label: string;
}

export interface Panel {
  readonly title: string;
  /** What is shown, in a sentence. */
  readonly about: string;
  readonly lines: readonly Line[];
  readonly format: (value: number) => string;
  /** Values stand until the next one. */
  readonly isStepped?: boolean;
  /** The vertical axis: from 0, or from a little below the least value; up to `most` at least. */
  readonly from?: 'zero' | 'least';
  readonly most?: number;
  /** What can't be more than that, such as a share. */
  readonly atMost?: number;
}

/** The last value that there is, and where. */
export function latest(values: Values): { readonly value: number; readonly index: number } | undefined {
  const index = values.findLastIndex((value) => value !== null);
  const value = values[index];
  return value === null || value === undefined ? undefined : { value, index };
}

/** Points without neighbours: a line between points would not show them. */
export function lonePoints(values: Values): number[] {
  return values.flatMap((value, index) => {
    const hasNeighbour = (values[index - 1] ?? null) !== null || (values[index + 1] ?? null) !== null;
    return value === null || hasNeighbour ? [] : [index];
  });
}

/** The vertical axis; always of some height. */
export function rangeOf({
  lines,
  from = 'zero',
  most = 0,
  atMost = Number.POSITIVE_INFINITY,
}: Pick<Panel, 'lines' | 'from' | 'most' | 'atMost'>): [number, number] {
  const values = lines.flatMap((line) => line.values.filter((value) => value !== null));
  const greatest = values.reduce((max, value) => Math.max(max, value), most);
  const least = from === 'zero' ? 0 : values.reduce((min, value) => Math.min(min, value), greatest);
  const margin = (greatest - least) * 0.08 || Math.abs(greatest) * 0.05 || 1;
  const bottom = from === 'zero' ? 0 : Math.max(0, least - margin);
  return [bottom, Math.min(atMost, greatest + margin)];
}

const clock = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

/** Of times in seconds, `apart` from each other: the time of the day, or the day where one begins. */
export function timeLabels(times: readonly number[], apart: number): string[] {
  return times.map((time) => {
    const date = new Date(time * 1000);
    const isMidnight = date.getHours() === 0 && date.getMinutes() === 0;
    return apart >= 86_400 || isMidnight ? day.format(date) : clock.format(date);
  });
}

/** The x of each point of a series, in seconds since 1970. */
export function timesOf(series: {
  readonly from: string;
  readonly stepSeconds: number;
  readonly points: number;
}): number[] {
  const first = Date.parse(series.from) / 1000;
  return Array.from({ length: series.points }, (_, index) => first + index * series.stepSeconds);
}
