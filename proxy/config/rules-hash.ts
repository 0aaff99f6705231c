import { createHash } from 'node:crypto';
import type { CompareRules, Route } from '../routing/model.ts';

/**
 * Part of the key of evidence: 12 hex digits that change when the rules mean something else, and not when
 * they are written in another order.
 */
export function hashOfRules(
  rules: CompareRules,
  routes: readonly Pick<Route, 'id' | 'compare'>[] = [],
): string {
  const ofRoutes = routes.flatMap(({ id, compare }) =>
    compare === undefined ? [] : [[id, canonicalRules(compare)] as const],
  );
  const canonical = {
    ...canonicalRules(rules),
    ...(ofRoutes.length > 0 ? { routes: ofRoutes.toSorted(([one], [other]) => (one < other ? -1 : 1)) } : {}),
  };
  return createHash('sha256').update(JSON.stringify(canonical)).digest('hex').slice(0, 12);
}

function canonicalRules({ ignore, unordered, tolerate, map = [] }: CompareRules) {
  const tolerated = (tolerance: CompareRules['tolerate'][number]) =>
    'within' in tolerance ? [tolerance.at, tolerance.within] : [tolerance.at, tolerance.withinMs, 'ms'];
  const mapped = (rule: NonNullable<CompareRules['map']>[number]) =>
    'ids' in rule ? [rule.at, 'ids'] : [rule.at, rule.pattern, rule.to, rule.side];
  return {
    ignore: [...new Set(ignore)].sort(),
    unordered: unordered.map(({ at, key }) => JSON.stringify([at, key ?? null])).sort(),
    tolerate: tolerate.map((tolerance) => JSON.stringify(tolerated(tolerance))).sort(),
    ...(map.length > 0 ? { map: map.map((rule) => JSON.stringify(mapped(rule))).sort() } : {}),
  };
}
