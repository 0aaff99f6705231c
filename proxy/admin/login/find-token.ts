import { createHash, timingSafeEqual } from 'node:crypto';
import type { Identity } from './roles.ts';
import type { KnownToken } from './token-file.ts';

const dayMs = 86_400_000;

/**
 * Whose token it is, or undefined. Hashes are compared in constant time and all of them always, so that
 * the time it takes tells neither how much of a guess was right nor which entry it met.
 */
export function findToken(
  tokens: readonly KnownToken[],
  presented: string,
  nowMs: number,
): Identity | undefined {
  const hash = createHash('sha256').update(presented).digest();
  let found: KnownToken | undefined;
  for (const token of tokens) {
    if (timingSafeEqual(hash, Buffer.from(token.sha256, 'hex'))) found = token;
  }
  // Valid through its last day.
  if (!found || (found.expires !== undefined && nowMs >= Date.parse(found.expires) + dayMs)) return undefined;
  return { name: `token:${found.name}`, role: found.role, provedBy: 'token' };
}
