import { UsageError } from './failures.ts';

/** A whole number within bounds, or undefined when the option is absent. */
export function parseWhole(
  option: string,
  text: string | undefined,
  bounds: { readonly min: number; readonly max: number },
): number | undefined {
  if (text === undefined) return undefined;
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= bounds.min && number <= bounds.max)) {
    const range = `a whole number from ${bounds.min} to ${bounds.max}`;
    throw new UsageError(`--${option} wants ${range}, not "${text}"`);
  }
  return number;
}
