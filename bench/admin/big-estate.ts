import type { DifferenceKind } from '../../proxy/shadow/pair.ts';

/** A large estate in the middle of moving: what the admin plane must still be quick with. */
export const size = {
  migrations: 50,
  /** Of each migration. */
  routes: 20,
  signatures: 40,
  pairs: 20_000,
  verdicts: 10,
  /** Of all. */
  auditEntries: 10_000,
} as const;

export const builds = { monolith: '2026.11', service: '3.1.0' } as const;

export const migrationIds: readonly string[] = Array.from(
  { length: size.migrations },
  (_, index) => `area-${String(index).padStart(2, '0')}`,
);

export const routesOf = (id: string): string[] =>
  Array.from({ length: size.routes }, (_, thing) => `GET /api/${id}/things-${thing}/{thingId}`);

/** The path of a migration's first route. */
export const firstPath = (id: string): string => `/api/${id}/things-0/1`;

export const bigRoutesYaml = (ports: { readonly monolith: number; readonly service: number }): string =>
  `version: 1
upstreams:
  monolith: { url: http://127.0.0.1:${ports.monolith}, version: "${builds.monolith}" }
  service: { url: http://127.0.0.1:${ports.service}, version: "${builds.service}" }
default: monolith
migrations:
${migrationIds
  .map(
    (id) => `  ${id}:
    service: service
    owner: team-${id.slice(-1)}
    stickBy: [header:x-user-id, cookie:sid]
    gate: { contracts: off }
    routes:
${routesOf(id)
  .map((route) => `      - ${route}\n`)
  .join('')}`,
  )
  .join('')}`;

const kinds: readonly DifferenceKind[] = ['value', 'missing', 'extra', 'type'];

export interface Shown {
  readonly route: string;
  readonly place: string;
  readonly kind: DifferenceKind;
  readonly monolith: string;
  readonly service: string;
}

/** The n-th kind of difference that a migration shows: on which of its routes, where, and how. */
export function differenceOf(id: string, n: number): Shown {
  return {
    route: routesOf(id)[n % size.routes]!,
    place: `body:/items/*/field${n}`,
    kind: kinds[n % kinds.length]!,
    monolith: `${n}.10`,
    service: `${n}.1`,
  };
}
