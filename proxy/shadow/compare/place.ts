import { createHash } from 'node:crypto';
import { foldKey } from '../signature.ts';
import { printableLine } from './printable.ts';

/** A step into a JSON body: the index of an element, or a member's key. */
export type Step = number | string;

/** `body:/items/3/price`; the root is `body:`. */
export function bodyPlace(steps: readonly Step[]): string {
  let place = 'body:';
  for (const step of steps) place += `/${typeof step === 'number' ? step : token(step)}`;
  return place;
}

/** The place with indexes as `*` and keys that are ids as `{id}`. */
export function bodyPattern(steps: readonly Step[]): string {
  let pattern = 'body:';
  for (const step of steps) pattern += typeof step === 'number' ? '/*' : `/${token(foldKey(step))}`;
  return pattern;
}

/** Escaped by RFC 6901, section 3. A key of many characters is told by its beginning and a hash. */
export function token(text: string): string {
  const short = text.length <= 128 ? text : `${text.slice(0, 96)}…${hashOf(text)}`;
  const line = printableLine(short);
  return line.includes('~') || line.includes('/') ? line.replaceAll('~', '~0').replaceAll('/', '~1') : line;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
