/** A routes.yaml of 1,000 routes in migrations, as an estate in the middle of moving has it. */

const routesPerArea = 50;

/** The migration that the requests of the bench meet. */
export const migrationId = 'area-10';
export const migratedPath = '/api/area-10/things-12';

/** So far is `migrationId` rolled out: half of its users are answered by the service. */
export const share = 50;

export function routesYaml(
  ports: { readonly monolith: number; readonly service: number },
  routes = 1000,
): string {
  return `version: 1
upstreams:
  monolith: { url: http://127.0.0.1:${ports.monolith}, version: bench }
  service: { url: http://127.0.0.1:${ports.service} }
default: monolith
migrations:
${areasOf(routes)
  .map((id) => migrationYaml(id, Math.min(routes, routesPerArea) / 2))
  .join('')}`;
}

/** Few routes are all in the one migration that the requests meet. */
const areasOf = (routes: number): string[] =>
  routes <= routesPerArea
    ? [migrationId]
    : Array.from({ length: routes / routesPerArea }, (_, area) => `area-${String(area).padStart(2, '0')}`);

/** A path of each route that reads, of one migration. */
export const readPaths = (id: string): string[] => things(id).map((path) => `${path}/1`);

/** Among few, too, is the one at `migratedPath`. */
const things = (id: string, count = routesPerArea / 2): string[] =>
  Array.from(
    { length: count },
    (_, thing) => `/api/${id}/things-${String((thing + 12) % 25).padStart(2, '0')}`,
  );

/** Its gate asks for little: what is measured is forwarding. */
function migrationYaml(id: string, thingsEach: number): string {
  return `  ${id}:
    service: service
    stickBy: [header:x-user-id, cookie:sid]
    gate: { minPairs: 0, agreement: 0%, contracts: off, unproven: allow, unjudged: allow }
    shadow: { compare: { ignore: [header:x-upstream] } }
    canary: { steps: [${share}, 100], holdMinutes: 0, minRequests: 0 }
    routes:
${things(id, thingsEach)
  .map((path) => `      - GET ${path}/{thingId}\n      - POST ${path}\n`)
  .join('')}`;
}
