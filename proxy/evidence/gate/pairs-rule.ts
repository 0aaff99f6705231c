import type { Migration } from '../../routing/model.ts';
import type { GateFacts, GateReason } from '../model.ts';
import { canBeShown, routeCounts, sumOf, totalPairs } from './shown-routes.ts';
import { count, counted } from './wording.ts';

/** Enough pairs in all, and at least one of each route that shadowing can show. */
export function pairsRule(migration: Migration, facts: GateFacts): GateReason[] {
  const counts = routeCounts(migration, facts);
  const total = totalPairs(sumOf(counts));
  const { minPairs } = migration.gate;
  const seen = new Set(counts.filter((route) => totalPairs(route) > 0).map(({ route }) => route));
  const unseen = migration.routes.filter((route) => canBeShown(route) && !seen.has(route.id));
  return [
    total >= minPairs
      ? { rule: 'pairs', state: 'met', text: `${counted(total, 'pair')} so far; ${count(minPairs)} asked.` }
      : {
          rule: 'pairs',
          state: 'waiting',
          text: `${counted(total, 'pair')} so far; ${count(minPairs)} asked; ${count(minPairs - total)} more would do.`,
        },
    ...unseen.map(
      ({ id }): GateReason => ({
        rule: 'pairs',
        state: 'waiting',
        route: id,
        text: `${id} has no pair yet; one would do.`,
      }),
    ),
  ];
}
