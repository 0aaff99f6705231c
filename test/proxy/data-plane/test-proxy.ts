import { pino } from 'pino';
import type { ListenerTls } from '../../../proxy/data-plane/client-server.ts';
import { CopyPressure } from '../../../proxy/data-plane/copy-pressure.ts';
import type { RequestDeps } from '../../../proxy/data-plane/handle-request.ts';
import {
  defaultListenerLimits,
  type ListenerAddress,
  type ListenerLimits,
  listen,
} from '../../../proxy/data-plane/listener.ts';
import { type LoadShedding, neverSheds } from '../../../proxy/data-plane/load-shedding.ts';
import { RequestsUnderWay } from '../../../proxy/data-plane/requests-under-way.ts';
import { ServiceWatch } from '../../../proxy/data-plane/service-watch.ts';
import type { LiveMigration } from '../../../proxy/data-plane/snapshot.ts';
import { TrafficCounts, type TrafficReport } from '../../../proxy/data-plane/traffic-counts.ts';
import { defaultPoolLimits, type PoolLimits, UpstreamPool } from '../../../proxy/data-plane/upstream-pool.ts';
import { noClaims } from '../../../proxy/data-plane/verified-claims.ts';
import type { Route, Upstream } from '../../../proxy/routing/model.ts';
import { RouteTable } from '../../../proxy/routing/route-table.ts';
import { HashBudget } from '../../../proxy/shadow/hash-budget.ts';
import { defaultShadowLimits, ShadowSender } from '../../../proxy/shadow/sender.ts';
import { type AccessLog, noAccessLog } from '../../../proxy/telemetry/access-log.ts';
import { systemClock } from '../../../proxy/telemetry/clock.ts';
import { sampleMigration, sampleUpstream } from '../routing/sample-routing.ts';

export interface TestProxyOptions {
  /** Port of the monolith. */
  readonly monolith: number;
  /** Port of the service; it answers all of the routes. */
  readonly service?: number;
  readonly routes?: readonly (string | Route)[];
  /** For both upstreams. */
  readonly upstream?: Partial<Upstream>;
  readonly serviceUpstream?: Partial<Upstream>;
  readonly listener?: Partial<ListenerLimits>;
  /** Where and how it listens, other than on 127.0.0.1 without TLS. */
  readonly address?: Partial<ListenerAddress>;
  readonly pool?: Partial<PoolLimits>;
  readonly debugHeaders?: boolean;
  readonly shedding?: LoadShedding;
  readonly accessLog?: AccessLog;
}

/** The request path alone, over real sockets: routes decide at once, no flags, no copies. */
export interface TestProxy extends AsyncDisposable {
  readonly port: number;
  setTls(tls: ListenerTls): void;
  takeReport(): TrafficReport;
  /** Connections that the proxy holds to the monolith. */
  monolithConnections(): number;
  close(graceMs: number): Promise<void>;
}

export async function startTestProxy(options: TestProxyOptions): Promise<TestProxy> {
  const pool = (id: string, port: number, changes: Partial<Upstream> = {}): UpstreamPool =>
    new UpstreamPool(sampleUpstream(id, port, { ...options.upstream, ...changes }), systemClock, {
      ...defaultPoolLimits,
      ...options.pool,
    });
  const monolith = pool('monolith', options.monolith);
  const service = pool('catalog', options.service ?? options.monolith, options.serviceUpstream);
  const counts = new TrafficCounts();
  const deps: RequestDeps = {
    snapshot: {
      revision: 1,
      routes: new RouteTable<LiveMigration>(
        [sampleMigration('catalog', options.routes ?? [])],
        (migration) => ({
          migration,
          service,
          serves: options.service === undefined ? 'nobody' : 'everybody',
          cap: 100,
          copies: 'none',
          readsClaims: false,
          copiesByContext: false,
          mayForce: false,
          canDryRun: false,
          recorded: 0,
          serveFlag: 'catalog.serve',
          shadowFlag: 'catalog.shadow',
        }),
      ),
      migrations: new Map(),
      default: monolith,
      flags: { isOn: () => false, isOff: () => true, isOnForAll: () => false },
      killed: false,
      writes: undefined,
      claims: { key: '', of: () => noClaims },
      force: { key: undefined, rules: undefined, claimsOf: () => noClaims },
    },
    shadow: new ShadowSender({
      transmit: () => Promise.reject(new Error('no copies here')),
      deliver: () => false,
      dropped: () => {},
      clock: systemClock,
      limits: { ...defaultShadowLimits, maxInFlight: 1, maxQueued: 1, maxQueuedBytes: 1 },
    }),
    pressure: new CopyPressure(neverSheds),
    hashing: new HashBudget(systemClock),
    counts,
    watch: new ServiceWatch(() => {}),
    clock: systemClock,
    log: pino({ level: 'silent' }),
    warn: () => {},
    debugHeaders: options.debugHeaders ?? false,
    underWay: new RequestsUnderWay(),
    shedding: options.shedding ?? neverSheds,
    accessLog: options.accessLog ?? noAccessLog,
  };
  const listener = await listen(
    deps,
    { host: '127.0.0.1', port: 0, ...options.address },
    { ...defaultListenerLimits, ...options.listener },
  );
  const close = async (graceMs: number): Promise<void> => {
    await listener.close(graceMs);
    monolith.close();
    service.close();
  };
  return {
    port: listener.port,
    setTls: (tls) => listener.setTls(tls),
    takeReport: () => counts.take({ monolith: monolith.takeReport(), catalog: service.takeReport() }),
    monolithConnections: () => monolith.size,
    close,
    [Symbol.asyncDispose]: () => close(0),
  };
}
