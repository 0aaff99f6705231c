import { createFlagEvaluator, type FlagEvaluator } from '../flags/evaluate.ts';
import type { FeatureSet } from '../flags/feature-set.ts';
import { serveFlag, shadowFlag } from '../flags/flag-names.ts';
import { isForSomeUsers } from '../flags/share.ts';
import type { PublicJwk } from '../routing/identity.ts';
import type { Migration, RoutingModel, Upstream } from '../routing/model.ts';
import { RouteTable } from '../routing/route-table.ts';
import { systemClock } from '../telemetry/clock.ts';
import { type ClaimReader, claimReader, readsClaims } from './flag-context.ts';
import type { ForceTrust } from './forced-side.ts';
import { LastWrites, type WriteSides } from './read-your-writes.ts';
import type { UpstreamPool } from './upstream-pool.ts';

/** What the control plane tells a worker: plain data, whole every time. */
export interface ControlSnapshot {
  readonly revision: number;
  readonly routing: RoutingModel;
  readonly features: FeatureSet;
  /** The kill switch is on: the monolith answers everybody, and nothing is copied. */
  readonly killed?: boolean;
  /** Public keys of tokens, where routes.yaml names a URL for them. */
  readonly tokenKeys?: readonly PublicJwk[];
  /** What signs `Ficus-Force`. */
  readonly forceKey?: string | undefined;
  /** Signs which side has a user's last write. */
  readonly cookieKey?: string | undefined;
  /** Ids of migrations that a guard has taken out: nobody is let through to their service. */
  readonly latched?: readonly string[];
  /** Ids of migrations that are retired: their service answers everybody, and nothing but a person takes that back. */
  readonly retired?: readonly string[];
  /** Percent that the evidence allows, by migration id; a migration that is not named has none. */
  readonly caps: Readonly<Record<string, number>>;
  /** Ids of migrations whose service announced that it can run dry. */
  readonly dryRunMigrations: readonly string[];
  /** Percent of requests that somebody records, by migration id. */
  readonly recording?: Readonly<Record<string, number>>;
}

/** A migration as requests meet it. */
export interface LiveMigration {
  readonly migration: Migration;
  readonly service: UpstreamPool;
  /** Where `some`, each request's sticky value decides. */
  readonly serves: 'nobody' | 'some' | 'everybody';
  /** Percent. */
  readonly cap: number;
  readonly copies: 'none' | 'some' | 'all';
  readonly canDryRun: boolean;
  /** Whether a claim decides anything; else no token is looked at. */
  readonly readsClaims: boolean;
  /** Whether the flag for copies wants to know more of a request than its id. */
  readonly copiesByContext: boolean;
  /** Whether `Ficus-Force` may ask for the service. */
  readonly mayForce: boolean;
  /** Percent of requests that somebody records. */
  readonly recorded: number;
  readonly serveFlag: string;
  readonly shadowFlag: string;
}

/** Immutable; a request keeps the one it started with. */
export interface Snapshot {
  readonly revision: number;
  readonly routes: RouteTable<LiveMigration>;
  /** By id. */
  readonly migrations: ReadonlyMap<string, LiveMigration>;
  readonly default: UpstreamPool;
  readonly flags: FlagEvaluator;
  /** Nothing may be sent to a service, whoever asks for it. */
  readonly killed: boolean;
  readonly claims: ClaimReader;
  readonly force: ForceTrust;
  /** Who wrote where; undefined where no migration asks for it. */
  readonly writes: WriteSides | undefined;
}

export type PoolOf = (upstream: Upstream) => UpstreamPool;

/** What `previous` knows of clients' tokens goes on. */
export function compileSnapshot(control: ControlSnapshot, poolOf: PoolOf, previous?: Snapshot): Snapshot {
  const { routing } = control;
  const pools = new Map(routing.upstreams.map((upstream) => [upstream.id, poolOf(upstream)]));
  const pool = (id: string): UpstreamPool => {
    const found = pools.get(id);
    if (!found) throw new Error(`upstream "${id}" is not in the routing model`);
    return found;
  };
  const flags = createFlagEvaluator(control.features);
  const killed = control.killed ?? false;
  const claims = claimReader(routing, control.tokenKeys ?? [], previous?.claims);
  const live = (migration: Migration): LiveMigration => {
    const serve = serveFlag(migration.id);
    const shadow = shadowFlag(migration.id);
    const cap = Object.hasOwn(control.caps, migration.id) ? control.caps[migration.id]! : 0;
    return {
      migration,
      service: pool(migration.service),
      serves:
        killed || cap <= 0 || flags.isOff(serve)
          ? 'nobody'
          : cap >= 100 && flags.isOnForAll(serve)
            ? 'everybody'
            : 'some',
      cap,
      copies: killed || flags.isOff(shadow) ? 'none' : flags.isOnForAll(shadow) ? 'all' : 'some',
      recorded: control.recording?.[migration.id] ?? 0,
      readsClaims: readsClaims(migration),
      copiesByContext: isForSomeUsers(control.features, shadow),
      mayForce: !(control.latched ?? []).includes(migration.id),
      canDryRun: control.dryRunMigrations.includes(migration.id),
      serveFlag: serve,
      shadowFlag: shadow,
    };
  };
  const migrations = new Map<string, LiveMigration>();
  const routes = new RouteTable(routing.migrations, (migration) => {
    const compiled = live(migration);
    migrations.set(migration.id, compiled);
    return compiled;
  });
  return {
    revision: control.revision,
    routes,
    migrations,
    default: pool(routing.default),
    flags,
    killed,
    claims,
    force: { key: control.forceKey, rules: routing.force, claimsOf: claims.of },
    writes: writesOf(control, previous),
  };
}

/** What this process remembers of users without cookies goes on. */
function writesOf(
  { routing, cookieKey }: ControlSnapshot,
  previous: Snapshot | undefined,
): WriteSides | undefined {
  const isAskedFor = routing.migrations.some(
    ({ readYourWritesSeconds }) => readYourWritesSeconds !== undefined,
  );
  if (cookieKey === undefined || !isAskedFor) return undefined;
  return {
    key: cookieKey,
    lastWrites: previous?.writes?.lastWrites ?? new LastWrites(),
    nowMs: systemClock.now,
  };
}
