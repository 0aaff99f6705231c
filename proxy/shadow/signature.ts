import { createHash } from 'node:crypto';
import type { DifferenceKind } from './pair.ts';

/**
 * The class of equal differences: 12 hex digits over migration, route, pattern and kind. Hashed as a JSON
 * array, so that no two tuples meet by a separator inside one of their texts.
 */
export function signatureOf(migration: string, route: string, pattern: string, kind: DifferenceKind): string {
  const tuple = JSON.stringify([migration, route, pattern, kind]);
  return createHash('sha256').update(tuple).digest('hex').slice(0, 12);
}

/** What an object's key becomes in a pattern when it names a thing rather than a field. */
export const foldedKey = '{id}';

const idLike: readonly RegExp[] = [
  // A redacted key: an e-mail address, a token.
  /^‹redacted:[0-9a-f]{8}›$/,
  // Numbers, dates, times, dotted versions: 17, 2026-11-03, 12:30.
  /^\d[\d.:_-]*$/,
  // UUIDs, with or without hyphens, and other hexadecimal ids that have a digit in them.
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
  /^(?=[a-f]*\d)[0-9a-f]{16,64}$/i,
  // A prefix and a running number: P-000017, ORD_2024_00017, C123456. Fewer digits belong to names: line2, sha256.
  /^[a-z]{1,8}[-_.:](?:\d+[-_.:])*\d{4,}$/i,
  /^[a-z]{1,8}\d{5,}$/i,
];

/**
 * A map keyed by ids (`/byId/P-000017/price`) would have a signature for each id; such keys are folded to
 * `{id}` in the pattern, as indexes are to `*`. Conservative: what might be a field's name stays, because
 * two fields in one signature would get one verdict.
 */
export function foldKey(key: string): string {
  return key.length <= 80 && idLike.some((shape) => shape.test(key)) ? foldedKey : key;
}
