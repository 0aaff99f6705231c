import { createHash } from 'node:crypto';
import type { CompareRules } from '../routing/model.ts';

/**
 * Part of the key of evidence: 12 hex digits that change when the rules mean something else, and not when
 * they are written in another order.
 */
export function hashOfRules({ ignore, unordered, tolerate }: CompareRules): string {
  const canonical = {
    ignore: [...new Set(ignore)].sort(),
    unordered: unordered.map(({ at, key }) => JSON.stringify([at, key ?? null])).sort(),
    tolerate: tolerate.map(({ at, within }) => JSON.stringify([at, within])).sort(),
  };
  return createHash('sha256').update(JSON.stringify(canonical)).digest('hex').slice(0, 12);
}
