const countFormat = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const percentFormat = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });
const shareFormat = new Intl.NumberFormat('en-US', { maximumFractionDigits: 4 });
const smallMsFormat = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });

/** In place of a figure that is not there. */
export const none = '–';

export function count(value: number): string {
  return countFormat.format(value);
}

/** `1 pair`, `1,234 pairs`. */
export function counted(value: number, noun: string, nouns = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : nouns}`;
}

/** A share, which the API has in percent. */
export function share(percent: number): string {
  return `${shareFormat.format(percent)}%`;
}

/** A part of a whole. Neither a few nor all but a few are rounded away. */
export function part(of: number, whole: number): string {
  if (whole === 0) return none;
  const percent = (of / whole) * 100;
  if (percent > 0 && percent < 0.01) return '<0.01%';
  if (percent < 100 && percent > 99.99) return '>99.99%';
  return `${percentFormat.format(percent)}%`;
}

/** A lower bound from 0 to 1, rounded down. */
export function atLeast(ratio: number): string {
  // 0.57 * 10000 is 5699.999…: without the small addition it would lose a hundredth.
  return `≥ ${percentFormat.format(Math.floor(ratio * 10_000 + 1e-6) / 100)}%`;
}

export function milliseconds(ms: number): string {
  return `${ms < 10 ? smallMsFormat.format(ms) : countFormat.format(ms)} ms`;
}

/** An ISO time as `2026-11-20 09:31:00` of the local time zone. */
export function localTime(iso: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  const two = (value: number) => String(value).padStart(2, '0');
  const date = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-');
  return `${date} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':')}`;
}
