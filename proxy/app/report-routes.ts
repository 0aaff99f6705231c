import type { RouteReport } from '../admin/api-types.ts';
import type { RecentAsking } from '../delivery/preview/recent-asking.ts';
import type { ContractUse } from '../evidence/contract-uses.ts';
import type { CoverageCount, RouteEvidence } from '../evidence/model.ts';
import { wilsonLowerBound } from '../evidence/wilson.ts';
import type { Migration } from '../routing/model.ts';

const cellsAtMost = 50;

/** A migration's routes, in the order of routes.yaml, with what is known of each. */
export function reportRoutes(
  { routes }: Pick<Migration, 'routes'>,
  seen: {
    readonly pairs: readonly RouteEvidence[];
    readonly coverage: readonly CoverageCount[];
    readonly uses: readonly ContractUse[];
    readonly asking: RecentAsking;
    readonly lastSeen: ReadonlyMap<string, number>;
  },
): RouteReport[] {
  const { pairs, coverage, uses, asking, lastSeen } = seen;
  return routes.map(({ id, shadow }) => {
    const { agreed = 0, differed = 0, incomparable = 0 } = pairs.find(({ route }) => route === id) ?? {};
    const total = agreed + differed + incomparable;
    const kinds = uses.filter(({ route }) => route === id);
    const perMinute = asking.minutes === 0 ? 0 : (asking.routes.get(id) ?? 0) / asking.minutes;
    const lastMs = lastSeen.get(id);
    return {
      route: id,
      shadow,
      ...{ agreed, differed, incomparable },
      ...(total > 0 && { agreementAtLeast: wilsonLowerBound(agreed, total) }),
      requestsPerMinute: Math.round(perMinute * 10) / 10,
      ...(lastMs !== undefined && { lastSeenAt: new Date(lastMs).toISOString() }),
      kinds: kinds.length,
      kindsInPacts: kinds.filter(({ coveredBy }) => coveredBy.length > 0).length,
      coverage: coverage
        .filter(({ route, dimension }) => route === id && dimension !== 'use')
        .slice(0, cellsAtMost)
        .map(({ route: _, ...cell }) => cell),
    };
  });
}
