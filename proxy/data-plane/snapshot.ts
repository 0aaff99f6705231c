import { createFlagEvaluator, type FlagEvaluator } from '../flags/evaluate.ts';
import type { FeatureSet } from '../flags/feature-set.ts';
import { serveFlag, shadowFlag } from '../flags/flag-names.ts';
import type { Migration, RoutingModel, Upstream } from '../routing/model.ts';
import { RouteTable } from '../routing/route-table.ts';
import type { UpstreamPool } from './upstream-pool.ts';

/** What the control plane tells a worker: plain data, whole every time. */
export interface ControlSnapshot {
  readonly revision: number;
  readonly routing: RoutingModel;
  readonly features: FeatureSet;
  /** The kill switch is on: the monolith answers everybody, and nothing is copied. */
  readonly killed?: boolean;
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
}

export type PoolOf = (upstream: Upstream) => UpstreamPool;

export function compileSnapshot(control: ControlSnapshot, poolOf: PoolOf): Snapshot {
  const { routing } = control;
  const pools = new Map(routing.upstreams.map((upstream) => [upstream.id, poolOf(upstream)]));
  const pool = (id: string): UpstreamPool => {
    const found = pools.get(id);
    if (!found) throw new Error(`upstream "${id}" is not in the routing model`);
    return found;
  };
  const flags = createFlagEvaluator(control.features);
  const killed = control.killed ?? false;
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
  };
}
