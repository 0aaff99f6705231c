import { createHash, timingSafeEqual } from 'node:crypto';
import type { KnownToken } from './token-file.ts';

const dayMs = 86_400_000;

/** A token is valid through its last day. */
export function isValid({ expires }: KnownToken, nowMs: number): boolean {
  return expires === undefined || nowMs < Date.parse(expires) + dayMs;
}

/**
 * Which token it is, or undefined. Hashes are compared in constant time and all of them always, so that
 * the time it takes tells neither how much of a guess was right nor which entry it met.
 */
export function findToken(
  tokens: readonly KnownToken[],
  presented: string,
  nowMs: number,
): KnownToken | undefined {
  const hash = createHash('sha256').update(presented).digest();
  let found: KnownToken | undefined;
  for (const token of tokens) {
    if (timingSafeEqual(hash, Buffer.from(token.sha256, 'hex'))) found = token;
  }
  return found && isValid(found, nowMs) ? found : undefined;
}
