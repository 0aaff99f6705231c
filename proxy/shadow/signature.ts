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

/** The signatures of one route by pattern and kind, remembered: what differs, differs again and again. */
export function routeSignatures(
  migration: string,
  route: string,
): (pattern: string, kind: DifferenceKind) => string {
  const known = signaturesOf(JSON.stringify([migration, route]));
  return (pattern, kind) => {
    const name = `${kind} ${pattern}`;
    let signature = known.get(name);
    if (signature === undefined) {
      signature = signatureOf(migration, route, pattern, kind);
      // An upstream may make up ever new places.
      if (known.size >= maxKnown) known.clear();
      known.set(name, signature);
    }
    return signature;
  };
}

const maxKnown = 1000;
const knownByRoute = new Map<string, Map<string, string>>();

function signaturesOf(route: string): Map<string, string> {
  let known = knownByRoute.get(route);
  if (known === undefined) {
    known = new Map();
    if (knownByRoute.size >= maxKnown) knownByRoute.clear();
    knownByRoute.set(route, known);
  }
  return known;
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

/** No id is without a digit but a redacted one, which is no such name. */
const plainName = /^[a-zA-Z_]+$/;

/**
 * A map keyed by ids (`/byId/P-000017/price`) would have a signature for each id; such keys are folded to
 * `{id}` in the pattern, as indexes are to `*`. Conservative: what might be a field's name stays, because
 * two fields in one signature would get one verdict.
 */
export function foldKey(key: string): string {
  return key.length <= 80 && !plainName.test(key) && idLike.some((shape) => shape.test(key))
    ? foldedKey
    : key;
}
