import type { Migration } from '../routing/model.ts';
import { RouteTable } from '../routing/route-table.ts';
import type { InteractionUse } from './contracts/interaction-use.ts';
import type { GateFacts } from './model.ts';

/** A kind of request that clients make, and which interactions of pacts are of that kind. */
export interface ContractUse {
  readonly route: string;
  readonly method: string;
  /** `404`; `4xx` where only clients' answers are known. */
  readonly status: string;
  /** Media types, `none` without a body; `any` where only clients' answers are known. */
  readonly type: string;
  readonly requestType: string;
  /** Names of the query's parameters, `none` without a query. */
  readonly query: string;
  readonly count: number;
  /** `pairs`: of the present builds and rules; `answers`: of clients, since this process started. */
  readonly counted: 'pairs' | 'answers';
  /** Names this kind of request, such as for a draft. */
  readonly use: string;
  readonly coveredBy: readonly { readonly consumer: string; readonly description: string }[];
}

/** An interaction, and the route that it is on. */
export interface PlacedInteraction {
  readonly consumer: string;
  readonly description: string;
  readonly route: string;
  readonly use: InteractionUse;
}

type Facts = Pick<GateFacts, 'coverage' | 'clientAnswers' | 'pacts'>;

/**
 * What clients really ask for, the most used first. Pairs tell it by route, method, status, media types and names
 * of the query; of routes that are never copied only the status classes of clients' answers are known.
 */
export function contractUses(migration: Migration, facts: Facts): ContractUse[] {
  const interactions = placedInteractions(migration, facts.pacts);
  const seen = usesInPairs(migration, facts);
  const routes = new Set(seen.map(({ route }) => route));
  const rest = usesInAnswers(migration, facts).filter(({ route }) => !routes.has(route));
  return [...seen, ...rest]
    .map((use) => ({
      ...use,
      use: `${use.route} ${useText(use)}`,
      coveredBy: interactions.filter((one) => covers(one, use)).map(named),
    }))
    .sort((a, b) => b.count - a.count);
}

/** The interactions of all pacts that are on routes of the migration. */
export function placedInteractions(
  migration: Migration,
  pacts: GateFacts['pacts'],
): readonly PlacedInteraction[] {
  const table = new RouteTable([migration], () => undefined);
  const host = migration.hosts[0] ?? '';
  return pacts.flatMap(({ consumer, interactions = [] }) =>
    interactions.flatMap(({ description, use }) => {
      const route = table.match(use.method, host, use.path)?.route.id;
      return route === undefined ? [] : [{ consumer, description, route, use }];
    }),
  );
}

export function covers({ route, use }: PlacedInteraction, seen: Seen): boolean {
  if (route !== seen.route) return false;
  if (seen.counted === 'answers') return `${Math.floor(use.status / 100)}xx` === seen.status;
  return (
    use.method === seen.method &&
    String(use.status) === seen.status &&
    use.query === seen.query &&
    (use.type ?? seen.type) === seen.type &&
    (use.requestType ?? seen.requestType) === seen.requestType
  );
}

const named = ({ consumer, description }: PlacedInteraction) => ({ consumer, description });

type Seen = Omit<ContractUse, 'coveredBy' | 'use'>;

function usesInPairs(migration: Migration, { coverage }: Facts): Seen[] {
  const ids = new Set(migration.routes.map(({ id }) => id));
  return coverage.flatMap(({ route, dimension, value, compared, incomparable }) => {
    if (dimension !== 'use' || !ids.has(route)) return [];
    // As shadow/coverage.ts writes it; no part has a space in it.
    const [method, status, type, query, requestType] = value.split(' ');
    if (method === undefined || requestType === undefined) return [];
    return [
      {
        route,
        method,
        status: status!,
        type: type!,
        query: query!,
        requestType,
        count: compared + incomparable,
        counted: 'pairs' as const,
      },
    ];
  });
}

function usesInAnswers(migration: Migration, { clientAnswers }: Facts): Seen[] {
  return migration.routes.flatMap(({ id, method }) =>
    (clientAnswers.get(id) ?? []).flatMap((count, hundreds) =>
      count === 0
        ? []
        : [
            {
              route: id,
              method,
              status: `${hundreds}xx`,
              type: 'any',
              query: 'any',
              requestType: 'any',
              count,
              counted: 'answers' as const,
            },
          ],
    ),
  );
}

/** How the store names the sample pairs of a kind of request. As `store/pairs.ts` does. */
export function useText({ method, status, type, query, requestType }: Seen): string {
  return [method, status, type, query, requestType].join(' ');
}
