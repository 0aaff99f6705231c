import { quote, type Reading } from './problem.ts';

/** `99.5%` as 0.995; the schema has seen to the form. */
export function readRatio(text: string): Reading<number> {
  const percent = Number(text.slice(0, -1));
  if (percent > 100) return { problem: `${quote(text)} is over 100%` };
  // Not divided, which would make 99.9% 0.9990000000000001.
  return { value: Number(`${text.slice(0, -1)}e-2`) };
}

/** A share in percent: whole from 1 up, in hundredths below, since that is as fine as users are divided. */
export function readShare(share: number | string): Reading<number> {
  const percent = typeof share === 'number' ? share : Number(share.slice(0, -1));
  if (percent <= 0 || percent > 100)
    return { problem: `${quote(share)} is not over 0 and up to 100 percent` };
  if (percent >= 1 && !Number.isInteger(percent)) {
    return { problem: `${quote(share)} must be a whole percentage: below 1, hundredths are possible` };
  }
  if (percent < 1 && Number(percent.toFixed(2)) !== percent) {
    return { problem: `${quote(share)} is finer than a hundredth of a percent` };
  }
  return { value: percent };
}
