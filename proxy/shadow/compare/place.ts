import { createHash } from 'node:crypto';
import { foldKey } from '../signature.ts';
import { printableLine } from './printable.ts';

/** A step into a JSON body: the index of an element, or a member's key. */
export type Step = number | string;

/** `body:/items/3/price`; the root is `body:`. */
export function bodyPlace(steps: readonly Step[]): string {
  return `body:${steps.map((step) => `/${token(String(step))}`).join('')}`;
}

/** The place with indexes as `*` and keys that are ids as `{id}`. */
export function bodyPattern(steps: readonly Step[]): string {
  return `body:${steps.map((step) => (typeof step === 'number' ? '/*' : `/${token(foldKey(step))}`)).join('')}`;
}

/** Escaped by RFC 6901, section 3. A key of many characters is told by its beginning and a hash. */
export function token(text: string): string {
  const short = text.length <= 128 ? text : `${text.slice(0, 96)}…${hashOf(text)}`;
  return printableLine(short).replaceAll('~', '~0').replaceAll('/', '~1');
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
