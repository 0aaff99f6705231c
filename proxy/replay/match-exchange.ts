import type { RecordedExchange } from '../recording/schema.ts';
import { isCanonicalPath } from '../routing/canonical-path.ts';
import type { Migration, Route, RoutingModel } from '../routing/model.ts';
import { RouteTable } from '../routing/route-table.ts';
import { foldKey } from '../shadow/signature.ts';

/** What an exchange is compared as: the migration's rules and limits, and the name of its route. */
export interface MatchedExchange {
  readonly migration: ReplayedMigration;
  readonly routeId: string;
  /** Undefined without a routes file. */
  readonly route: Route | undefined;
}

export type ReplayedMigration = Pick<Migration, 'id' | 'rulesHash' | 'shadow'> &
  Partial<Pick<Migration, 'routes'>>;

export type MatchExchange = (exchange: RecordedExchange) => MatchedExchange | undefined;

/** By the routes file: the migration and route that were recorded, or else those that the path leads to. */
export function matchByRoutes({ migrations }: RoutingModel): MatchExchange {
  const table = new RouteTable(migrations, (migration) => migration);
  return ({ migration: id, route: routeId, request }) => {
    const migration = migrations.find((one) => one.id === id);
    const route = migration?.routes.find((one) => one.id === routeId);
    if (migration && route) return { migration, routeId: route.id, route };
    const path = pathOf(request.target);
    if (!isCanonicalPath(path)) return undefined;
    const match = table.match(request.method, hostOf(request.headers), path);
    return match && { migration: match.migration, routeId: match.route.id, route: match.route };
  };
}

/** Without one: nothing is ignored or tolerated, and ids in a path that was recorded without its route are folded. */
export function matchByRecording(): MatchExchange {
  const known = new Map<string, ReplayedMigration>();
  return ({ migration: id = 'replay', route, request }) => {
    const migration = known.get(id) ?? withoutRules(id);
    known.set(id, migration);
    const folded = pathOf(request.target).split('/').map(foldKey).join('/');
    return { migration, routeId: route ?? `${request.method} ${folded}`, route: undefined };
  };
}

function withoutRules(id: string): ReplayedMigration {
  const compare = { ignore: [], unordered: [], tolerate: [] };
  return {
    id,
    rulesHash: '',
    shadow: { timeoutMs: 10_000, maxBodyBytes: 8 * 1024 * 1024, compare, redact: [] },
  };
}

function pathOf(target: string): string {
  const query = target.indexOf('?');
  return query < 0 ? target : target.slice(0, query);
}

function hostOf(flat: readonly string[]): string {
  const index = flat.findIndex((name, at) => at % 2 === 0 && name.toLowerCase() === 'host');
  return index < 0 ? '' : (flat[index + 1] ?? '');
}
