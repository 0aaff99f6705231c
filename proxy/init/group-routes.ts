import { isSafeMethod } from '../routing/model.ts';
import type { FoundRoute } from './found-route.ts';
import { isPrefix } from './path-tree.ts';
import { RouteCounts } from './route-counts.ts';

/** Routes that probably share state, and so move together. */
export interface RouteGroup {
  readonly id: string;
  readonly routes: readonly FoundRoute[];
  readonly counts: RouteCounts;
  /** 0 to 1; of requests, or of routes where there is no traffic. */
  readonly reads: number;
  /** 0 to 1; 5xx. */
  readonly failed: number;
  readonly isFiles: boolean;
  /** Why it stands where it stands. */
  readonly reason: string;
}

/** Less than that are writes: what a service reads wrongly can be seen before anybody is served by it. */
const readMostly = 0.9;
const fewFailures = 0.01;

/** By first resource segment, in the order in which to think of extracting them. */
export function groupRoutes(routes: readonly FoundRoute[]): RouteGroup[] {
  const byId = Map.groupBy(routes, groupId);
  const groups = [...byId].map(([id, members]) => describeGroup(id, members));
  return groups.sort(
    (a, b) => tierOf(a) - tierOf(b) || b.counts.requests - a.counts.requests || byReads(a, b),
  );
}

function byReads(a: RouteGroup, b: RouteGroup): number {
  return b.reads - a.reads || b.routes.length - a.routes.length || (a.id < b.id ? -1 : 1);
}

function groupId({ template }: FoundRoute): string {
  const segments = template.slice(1).split('/');
  const resource = segments.find(
    (segment) => !isPrefix(segment) && !segment.startsWith('{') && segment !== '**',
  );
  const id = (resource ?? segments.find((segment) => isPrefix(segment)) ?? '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  if (id === '') return 'home';
  // Ids name flags, so they begin with a letter; these two are upstreams and words of their own.
  return /^[a-z]/.test(id) && id !== 'monolith' ? id : `r-${id}`;
}

function describeGroup(id: string, routes: readonly FoundRoute[]): RouteGroup {
  const counts = new RouteCounts();
  for (const route of routes) if (route.counts) counts.merge(route.counts);
  const weight = ({ counts: own }: FoundRoute) => (counts.requests > 0 ? (own?.requests ?? 0) : 1);
  const all = routes.reduce((sum, route) => sum + weight(route), 0);
  const safe = routes
    .filter(({ method }) => isSafeMethod(method))
    .reduce((sum, route) => sum + weight(route), 0);
  const group = {
    id,
    routes: [...routes].sort(byTemplate),
    counts,
    reads: safe / all,
    failed: counts.requests > 0 ? counts.failed / counts.requests : 0,
    isFiles: routes.every(({ template }) => template.endsWith('/**') || /\.\w{2,5}$/.test(template)),
  };
  return { ...group, reason: reasonOf(group) };
}

function byTemplate(a: FoundRoute, b: FoundRoute): number {
  if (a.template !== b.template) return a.template < b.template ? -1 : 1;
  return a.method < b.method ? -1 : 1;
}

type Unranked = Omit<RouteGroup, 'reason'>;

/** 0 is the best to begin with. */
function tierOf({ reads, failed, isFiles }: Unranked): number {
  if (isFiles) return 3;
  if (failed > fewFailures) return 2;
  return reads >= readMostly ? 0 : 1;
}

function reasonOf(group: Unranked): string {
  const hasTraffic = group.counts.requests > 0;
  switch (tierOf(group)) {
    case 0:
      return hasTraffic
        ? 'nearly all of it is read and little of it fails: shadowing proves it, and its traffic proves it soon'
        : 'nearly all of it is read: shadowing can prove it';
    case 1:
      return 'it is written to: those routes need verified contracts, or a service that can dry-run';
    case 2:
      return 'the monolith itself fails often here: find out why before comparing anything with it';
    default:
      return 'static files: a web server or a CDN serves them better than a service';
  }
}
