import { UsageError } from './failures.ts';

const secondsIn: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** `30s`, `10m`, `1h` as seconds, from 1 second to a day. */
export function parseDuration(option: string, text: string): number {
  const [, number = '', unit = ''] = /^(\d{1,6})(s|m|h)$/.exec(text) ?? [];
  const seconds = Number(number) * (secondsIn[unit] ?? 0);
  if (!(seconds >= 1 && seconds <= 86_400)) {
    throw new UsageError(`--${option} wants a time from 1s to 24h, such as 10m, not "${text}"`);
  }
  return seconds;
}

const bytesIn: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** `500m`, `2g` or a plain number as bytes. */
export function parseBytes(option: string, text: string): number {
  const [, number = '', unit = ''] = /^(\d{1,12})([kmg]?)b?$/i.exec(text) ?? [];
  const bytes = number === '' ? Number.NaN : Number(number) * (bytesIn[unit.toLowerCase()] ?? 0);
  if (!(bytes >= 64 * 1024 && bytes <= 1024 ** 4)) {
    throw new UsageError(`--${option} wants a size from 64k to 1024g, such as 500m, not "${text}"`);
  }
  return bytes;
}

/** For people: `3.2 MB`. */
export function bytesText(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const units = ['KB', 'MB', 'GB', 'TB'];
  const power = Math.min(Math.floor(Math.log2(bytes) / 10), units.length);
  return `${(bytes / 1024 ** power).toFixed(1)} ${units[power - 1]}`;
}
