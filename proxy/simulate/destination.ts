import type { RecordedExchange } from '../recording/schema.ts';
import { isWithinShare } from '../routing/bucket.ts';
import { isCanonicalPath } from '../routing/canonical-path.ts';
import {
  isSafeMethod,
  type Migration,
  type Route,
  type RoutingModel,
  type Upstream,
} from '../routing/model.ts';
import { RouteTable } from '../routing/route-table.ts';
import { stickyValueOf } from '../routing/sticky-value.ts';
import { hasRedaction } from '../shadow/redaction.ts';
import type { Destination, SimulationOrder } from './protocol.ts';

/** Where a recorded request goes. */
export type Destine = (exchange: RecordedExchange) => Destination;

/** By a routes file and the shares that are in force: as a worker decides it, but for what was not recorded. */
export function destineByRoutes(model: RoutingModel, shares: SimulationOrder['shares']): Destine {
  const table = new RouteTable(model.migrations, (migration) => migration);
  const upstreams = new Map(model.upstreams.map((upstream) => [upstream.id, nameOf(upstream)]));
  const monolith = upstreams.get(model.default) ?? model.default;
  return ({ request }) => {
    const path = pathOf(request.target);
    const host = fieldOf(request.headers, 'host') ?? '';
    const match = isCanonicalPath(path) ? table.match(request.method, host, path) : undefined;
    if (!match) return { upstream: monolith, side: 'monolith', shadow: 'none' };
    const { migration, route } = match;
    const share = shares[migration.id] ?? { serve: 0, shadow: 0 };
    const side = sideOf(migration, share.serve, request.headers);
    const service = upstreams.get(migration.service) ?? migration.service;
    return {
      migration: migration.id,
      route: route.id,
      upstream: side === 'monolith' ? monolith : service,
      side,
      shadow: share.shadow > 0 ? shadowOf(route, request.method) : 'none',
    };
  };
}

/** By what was noted when it was recorded: of upstreams and copies nothing is known. */
export const destineByRecording: Destine = ({ migration, route, control = 'monolith' }) => ({
  ...(migration !== undefined && { migration }),
  ...(route !== undefined && { route }),
  side: control,
});

/** Whether two destinations are the same, as far as both are known. */
export function isSame(one: Destination, other: Destination): boolean {
  const known = <T>(a: T | undefined, b: T | undefined): boolean =>
    a === undefined || b === undefined || a === b;
  return (
    one.migration === other.migration &&
    one.route === other.route &&
    (one.side === other.side || one.side === 'some' || other.side === 'some') &&
    known(one.upstream, other.upstream) &&
    known(one.shadow, other.shadow)
  );
}

function sideOf(migration: Migration, share: number, headers: readonly string[]): Destination['side'] {
  if (share <= 0) return 'monolith';
  if (share >= 100) return 'service';
  const sticky = stickyValueOf(migration.stickBy, {
    header: (name) => fieldOf(headers, name),
    // Tokens and addresses are not recorded: who that was is not known.
    claim: () => undefined,
    remoteAddress: '',
    random: () => '',
  });
  if (sticky === undefined)
    return migration.stickBy.some(({ from }) => from === 'ip' || from === 'claim') ? 'some' : 'monolith';
  // A value that was hidden has another bucket than the one it stands for.
  if (hasRedaction(sticky)) return 'some';
  return isWithinShare(share, migration.id, sticky) ? 'service' : 'monolith';
}

function shadowOf(route: Route, method: string): NonNullable<Destination['shadow']> {
  if (route.shadow === 'never') return 'none';
  if (route.shadow === 'record') return 'record';
  if (isSafeMethod(method)) return 'compare';
  return route.shadow === 'dry-run' ? 'dry-run' : 'none';
}

function nameOf({ id, protocol, hostname, port, socketPath, basePath }: Upstream): string {
  if (protocol === 'unix:') return `${id} at unix:${socketPath}${basePath}`;
  const host = hostname.includes(':') ? `[${hostname}]` : hostname;
  return `${id} at ${protocol}//${host}:${port}${basePath}`;
}

/** What was hidden in it stands for one segment, whatever it was. */
function pathOf(target: string): string {
  const query = target.indexOf('?');
  return (query < 0 ? target : target.slice(0, query)).replace(/‹redacted:[0-9a-f]{8}›/g, 'x');
}

function fieldOf(flat: readonly string[], name: string): string | undefined {
  const index = flat.findIndex((one, at) => at % 2 === 0 && one.toLowerCase() === name);
  return index < 0 ? undefined : flat[index + 1];
}
