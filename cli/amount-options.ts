import { UsageError } from './failures.ts';

const secondsIn: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** `30s`, `10m`, `1h`, `7d` as seconds; undefined for anything else. */
export function secondsOf(text: string): number | undefined {
  const [, number = '', unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  return unit === '' ? undefined : Number(number) * secondsIn[unit]!;
}

/** A time between two others, both included and written like it; as seconds. */
export function parseDuration(option: string, text: string, least = '1s', most = '24h'): number {
  const seconds = secondsOf(text) ?? Number.NaN;
  if (!(seconds >= secondsOf(least)! && seconds <= secondsOf(most)!)) {
    throw new UsageError(`--${option} wants a time from ${least} to ${most}, such as 10m, not "${text}"`);
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
