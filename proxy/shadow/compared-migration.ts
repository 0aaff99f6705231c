import type { Migration, RoutingModel, Upstream } from '../routing/model.ts';
import type { UpstreamPlaces } from './compare/own-places.ts';
import type { Description } from './described-answers.ts';

/** What comparing needs of a migration: plain data, since it goes to the comparer's thread. */
export type ComparedMigration = Pick<Migration, 'id' | 'rulesHash' | 'coverage'> & {
  readonly shadow: Pick<Migration['shadow'], 'compare' | 'redact'>;
  /** Those with rules of their own count here. */
  readonly routes?: readonly Pick<Migration['routes'][number], 'id' | 'compare'>[];
  readonly description?: Description;
  /** What the two sides call themselves; without it, their absolute URLs are compared as they are. */
  readonly upstreams?: { readonly monolith: UpstreamPlaces; readonly service: UpstreamPlaces };
};

/** The migrations of a configuration as the comparer takes them. */
export function comparedMigrations(
  { default: monolith, upstreams, migrations }: RoutingModel,
  describe: (migration: string) => Pick<Description, 'hash' | 'document'> | undefined = () => undefined,
): ComparedMigration[] {
  const upstream = (id: string) => upstreams.find((one) => one.id === id);
  return migrations.map(({ id, rulesHash, coverage, shadow: { compare, redact }, routes, service }) => {
    const sides = [upstream(monolith), upstream(service)] as const;
    const rewrites = routes.flatMap(({ template, rewrite }) =>
      rewrite === undefined ? [] : [{ template, rewrite }],
    );
    const description = describe(id);
    return {
      id,
      rulesHash,
      ...(description && { description: { ...description, ...placesOfRoutes(routes, sides[1]) } }),
      ...(coverage && { coverage }),
      shadow: { compare, redact },
      routes: routes.flatMap((route) =>
        route.compare === undefined ? [] : [{ id: route.id, compare: route.compare }],
      ),
      ...(sides[0] && sides[1]
        ? { upstreams: { monolith: placesOf(sides[0], []), service: placesOf(sides[1], rewrites) } }
        : {}),
    };
  });
}

function placesOf(
  { protocol, host, hostname, port, basePath }: Upstream,
  rewrites: UpstreamPlaces['rewrites'],
): UpstreamPlaces {
  const authorities = host === undefined ? [] : [host.toLowerCase()];
  if (hostname !== '')
    authorities.push(`${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`.toLowerCase());
  return { scheme: protocol === 'https:' ? 'https' : 'http', authorities, basePath, rewrites };
}

function placesOfRoutes(
  routes: Migration['routes'],
  service: Upstream | undefined,
): Pick<Description, 'basePath' | 'rewrites'> {
  const rewritten = routes.flatMap(({ id, template, rewrite }) =>
    rewrite === undefined ? [] : [[id, { template, rewrite }] as const],
  );
  return { basePath: service?.basePath ?? '', rewrites: Object.fromEntries(rewritten) };
}
