import { UsageError } from './failures.ts';

/** `10%`, `10` or `0.1%` as a number of percent. */
export function parsePercent(option: string, text: string): number {
  const percent = /^\d{1,3}(\.\d+)?%?$/.test(text) ? Number(text.replace('%', '')) : Number.NaN;
  if (!(percent >= 0 && percent <= 100)) {
    throw new UsageError(`--${option} wants a share from 0% to 100%, such as 10%, not "${text}"`);
  }
  return percent;
}
