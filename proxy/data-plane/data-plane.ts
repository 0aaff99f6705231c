import type { Logger } from 'pino';
import type { Upstream } from '../routing/model.ts';
import { HashBudget } from '../shadow/hash-budget.ts';
import type { Pair } from '../shadow/pair.ts';
import type { RecordedExchange } from '../shadow/recorded-exchange.ts';
import type { SamePair } from '../shadow/same-pair.ts';
import { defaultShadowLimits, type ShadowJob, ShadowSender } from '../shadow/sender.ts';
import { type AccessLog, noAccessLog } from '../telemetry/access-log.ts';
import type { Clock } from '../telemetry/clock.ts';
import { budgetedWarn } from '../telemetry/log-budget.ts';
import type { ListenerOptions, ListenerTls } from './client-server.ts';
import { CopyPressure } from './copy-pressure.ts';
import { FailingServices } from './failing-services.ts';
import type { RequestDeps } from './handle-request.ts';
import { type Listener, type ListenerLimits, listen } from './listener.ts';
import { type LoadShedding, neverSheds } from './load-shedding.ts';
import { RequestsUnderWay } from './requests-under-way.ts';
import { type OnServiceFailing, ServiceWatch } from './service-watch.ts';
import { type ControlSnapshot, compileSnapshot, type Snapshot } from './snapshot.ts';
import { TrafficCounts, type TrafficReport } from './traffic-counts.ts';
import { createTransmitCopy } from './transmit-copy.ts';
import { TrustedProxies } from './trusted-proxies.ts';
import type { OnBreaker, UpstreamReport } from './upstream-health.ts';
import { defaultPoolLimits, UpstreamPool } from './upstream-pool.ts';

export interface DataPlaneDeps {
  readonly host: string;
  readonly port: number;
  /** A listening or bound socket that this process has inherited; else it takes the port itself. */
  readonly fd?: number;
  readonly listener?: ListenerOptions;
  readonly debugHeaders: boolean;
  readonly log: Logger;
  readonly clock: Clock;
  /** Takes a pair off the request path; false when it can take no more now. */
  readonly deliverPair: (pair: Pair) => boolean;
  /** Likewise, what is left of a pair that needs no comparing; without it every pair is delivered whole. */
  readonly deliverSame?: (same: SamePair) => boolean;
  readonly deliverRecorded?: (exchange: RecordedExchange) => boolean;
  /** A service fails whatever it is asked; the monolith is asked in its place already. */
  readonly onServiceFailing?: OnServiceFailing;
  readonly limits?: ListenerLimits;
  readonly shedding?: LoadShedding;
  readonly accessLog?: AccessLog;
}

/** Of a worker; the counts have all of them. */
const FAILURE_LINES_PER_SECOND = 20;

/** Everything that serves clients, in one process. */
export interface DataPlane {
  readonly port: number;
  /** New requests see it from now on; those under way keep what they started with. */
  apply(control: ControlSnapshot): void;
  /** New connections are shown it from now on. */
  setTls(tls: ListenerTls): void;
  takeReport(): TrafficReport;
  /** Names in the log the requests that are about to be broken off. */
  tellUnfinished(why: string): void;
  /** For `drainMs` requests are still taken and clients told to let go; then those under way have `graceMs`. */
  close(graceMs: number, drainMs?: number): Promise<void>;
}

export async function startDataPlane(deps: DataPlaneDeps, initial: ControlSnapshot): Promise<DataPlane> {
  const { clock, log } = deps;
  const counts = new TrafficCounts();
  const warn = budgetedWarn(log, clock, FAILURE_LINES_PER_SECOND);
  const tellBreaker =
    (traffic: 'clients' | 'copies'): OnBreaker =>
    ({ id: upstream }, state) =>
      warn({ upstream, traffic, state }, 'breaker changed');
  const pools = new Pools(clock, tellBreaker('clients'));
  const copyPools = new Pools(clock, tellBreaker('copies'));
  const underWay = new RequestsUnderWay();
  const shedding = deps.shedding ?? neverSheds;
  const hashing = new HashBudget(clock);
  let told = initial;
  const failing = new FailingServices();
  const watch = new ServiceWatch((migration, failures, withinMs) => {
    if (!failing.add(request.snapshot.migrations.get(migration), told)) return;
    request.snapshot = compileSnapshot(failing.without(told), pools.of, request.snapshot);
    deps.onServiceFailing?.(migration, failures, withinMs);
  });
  const request: RequestDeps = {
    snapshot: compileSnapshot(initial, pools.of),
    watch,
    shadow: new ShadowSender({
      transmit: createTransmitCopy(copyPools.of, { clock, hashing }),
      deliver: deps.deliverPair,
      ...(deps.deliverSame && { deliverSame: deps.deliverSame }),
      ...(deps.deliverRecorded && { deliverRecorded: deps.deliverRecorded }),
      isWanted: (job) => isStillWanted(request.snapshot, job),
      mayAskAgain: ({ upstream }) => pools.of(upstream).hasSpareRoom && copyPools.of(upstream).hasSpareRoom,
      dropped: (migration, reason) => counts.shadowDropped(migration, reason),
      clock,
      limits: defaultShadowLimits,
    }),
    pressure: new CopyPressure(shedding),
    hashing,
    counts,
    clock,
    log,
    warn,
    debugHeaders: deps.debugHeaders,
    underWay,
    shedding,
    accessLog: deps.accessLog ?? noAccessLog,
  };
  const { tls, http2 = false, trustedProxies = [] } = deps.listener ?? {};
  const listener: Listener = await listen(
    request,
    {
      host: deps.host,
      port: deps.port,
      fd: deps.fd,
      tls,
      http2,
      trustedProxies: new TrustedProxies(trustedProxies),
    },
    deps.limits,
  );
  const tellUnfinished = (why: string): void => {
    const requestIds = underWay.ids();
    if (requestIds.length > 0) log.error({ requestIds, why }, 'requests broken off');
  };
  return {
    port: listener.port,
    setTls: (next) => listener.setTls(next),
    apply(control) {
      request.snapshot = compileSnapshot(failing.without(control), pools.of, request.snapshot);
      failing.settle(control);
      told = control;
      pools.keepOnly(control.routing.upstreams);
      copyPools.keepOnly(control.routing.upstreams);
    },
    takeReport: () => counts.take(pools.takeReports(), copyPools.takeReports()),
    tellUnfinished,
    async close(graceMs, drainMs = 0) {
      const broken = setTimeout(() => tellUnfinished('the grace is over'), drainMs + graceMs);
      await listener.close(graceMs, drainMs);
      clearTimeout(broken);
      deps.shedding?.close();
      pools.keepOnly([]);
      copyPools.keepOnly([]);
    },
  };
}

/** Whether a copy that has waited may still go: its share, its route or its service's dry run may be gone. */
function isStillWanted({ migrations }: Snapshot, { migration, upstream, mode }: ShadowJob): boolean {
  const live = migrations.get(migration.id);
  if (!live || live.copies === 'none') return false;
  return mode === 'compare' || (live.canDryRun && live.service.upstream.id === upstream.id);
}

/** One pool for each distinct upstream; an unchanged one survives reloads with its connections. */
class Pools {
  readonly #clock: Clock;
  readonly #pools = new Map<string, UpstreamPool>();
  /** The same by the object: a snapshot's upstreams are asked for with every copy. */
  #known = new WeakMap<Upstream, UpstreamPool>();
  readonly #onBreaker: OnBreaker;

  constructor(clock: Clock, onBreaker: OnBreaker) {
    this.#clock = clock;
    this.#onBreaker = onBreaker;
  }

  readonly of = (upstream: Upstream): UpstreamPool => {
    const known = this.#known.get(upstream);
    if (known) return known;
    const key = JSON.stringify(upstream);
    let pool = this.#pools.get(key);
    if (!pool) {
      pool = new UpstreamPool(upstream, this.#clock, defaultPoolLimits, this.#onBreaker);
      this.#pools.set(key, pool);
    }
    this.#known.set(upstream, pool);
    return pool;
  };

  takeReports(): Record<string, UpstreamReport> {
    const reports: Record<string, UpstreamReport> = {};
    for (const pool of this.#pools.values()) reports[pool.upstream.id] = pool.takeReport();
    return reports;
  }

  keepOnly(upstreams: readonly Upstream[]): void {
    const keep = new Set(upstreams.map((upstream) => JSON.stringify(upstream)));
    for (const [key, pool] of this.#pools) {
      if (keep.has(key)) continue;
      this.#pools.delete(key);
      pool.close();
    }
    this.#known = new WeakMap();
  }
}
