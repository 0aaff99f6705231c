import { isSafeMethod, type Migration, type Route } from '../../routing/model.ts';
import type { GateFacts, RouteEvidence } from '../model.ts';

/** Whether copies of at least some of the route's requests are sent and compared. */
export function canBeShown({ method, shadow }: Route): boolean {
  if (shadow === 'dry-run') return true;
  return shadow === 'compare' && (method === '*' || isSafeMethod(method));
}

/** Whether some of the route's requests are never compared: those of unsafe methods, unless they run dry. */
export function isUnproven(route: Route): boolean {
  if (!canBeShown(route)) return true;
  return route.method === '*' && route.shadow !== 'dry-run';
}

/** Counts of the routes that the migration has now; a route that was taken out of it speaks no more. */
export function routeCounts(migration: Migration, facts: GateFacts): RouteEvidence[] {
  const ids = new Set(migration.routes.map(({ id }) => id));
  return facts.routes.filter(({ route }) => ids.has(route));
}

/** All pairs: an incomparable one is a pair, too, and no agreement. */
export function totalPairs({ agreed, differed, incomparable }: Omit<RouteEvidence, 'route'>): number {
  return agreed + differed + incomparable;
}

export function sumOf(routes: readonly RouteEvidence[]): Omit<RouteEvidence, 'route'> {
  const sum = { agreed: 0, differed: 0, incomparable: 0, excused: 0 };
  for (const { agreed, differed, incomparable, excused = 0 } of routes) {
    sum.excused += excused;
    sum.agreed += agreed;
    sum.differed += differed;
    sum.incomparable += incomparable;
  }
  return sum;
}
