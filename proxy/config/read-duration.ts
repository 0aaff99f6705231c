import type { Reading } from './problem.ts';

/** `30s`, `2m` or `{ seconds: 30 }` in seconds, 1 to 3600. */
export function readSeconds(written: string | { readonly seconds?: number | undefined }): Reading<number> {
  if (typeof written !== 'string') return { value: written.seconds ?? 0 };
  const found = /^(\d{1,4})([sm])$/.exec(written);
  const seconds = found ? Number(found[1]) * (found[2] === 'm' ? 60 : 1) : 0;
  if (seconds < 1 || seconds > 3600)
    return { problem: `"${written}" must be a time from 1s to 60m, such as 30s` };
  return { value: seconds };
}
