import type { Path, Report } from './problem.ts';
import { readRoute } from './read-route.ts';

/** A route as written, and where it stands in the file. */
export interface PlacedRoute {
  readonly migration: string;
  /** Empty: any host. */
  readonly hosts: readonly string[];
  readonly match: string;
  readonly path: Path;
}

/** Two routes tie when they match the same method, paths and host: neither is the more specific one. */
export function reportTies(
  routes: readonly PlacedRoute[],
  placeOf: (path: Path) => string,
  report: Report,
): void {
  const first = new Map<string, PlacedRoute>();
  for (const route of routes) {
    const matcher = readRoute(route.match);
    if ('problem' in matcher) continue;
    const { method, template } = matcher.value;
    // Named hosts are asked before any host, so those two never tie.
    const hosts = route.hosts.length === 0 ? [''] : route.hosts;
    const keys = hosts.map((host) => JSON.stringify([host, method, template.shape]));
    const tied = keys.map((key) => first.get(key)).find((other) => other !== undefined);
    if (tied) {
      const of = tied.migration === route.migration ? '' : ` of migration ${tied.migration}`;
      const place = placeOf(tied.path);
      report(route.path, `"${route.match}" matches the same requests as "${tied.match}"${of} at ${place}`);
    }
    for (const key of keys) if (!first.has(key)) first.set(key, route);
  }
}
