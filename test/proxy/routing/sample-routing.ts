import type { Migration, Route, RoutingModel, ShadowMode, Upstream } from '../../../proxy/routing/model.ts';

export function sampleUpstream(id: string, port: number, changes: Partial<Upstream> = {}): Upstream {
  return {
    id,
    protocol: 'http:',
    hostname: '127.0.0.1',
    port,
    socketPath: '',
    basePath: '',
    host: undefined,
    version: undefined,
    connectTimeoutMs: 1000,
    responseTimeoutMs: 3000,
    idleTimeoutMs: 3000,
    maxConnections: 64,
    maxWaiting: 1024,
    breaker: undefined,
    resolver: undefined,
    allowLinkLocal: false,
    credentials: 'drop',
    tls: undefined,
    ...changes,
  };
}

/** A route by its id, `METHOD /template`. */
export function sampleRoute(id: string, shadow: ShadowMode = 'compare', rewrite?: string): Route {
  const [method = '', template = ''] = id.split(' ');
  return { id, method, template, shadow, rewrite };
}

export function sampleMigration(
  id: string,
  routes: readonly (string | Route)[],
  changes: Partial<Migration> = {},
): Migration {
  return {
    id,
    service: id,
    owner: undefined,
    hosts: [],
    stickBy: [{ from: 'header', name: 'x-user-id' }],
    routes: routes.map((route) => (typeof route === 'string' ? sampleRoute(route) : route)),
    shadow: {
      timeoutMs: 1000,
      maxBodyBytes: 65_536,
      compare: { ignore: [], unordered: [], tolerate: [] },
      redact: [],
    },
    gate: {
      minPairs: 1,
      agreement: 0.99,
      latencyP99Ratio: 1.2,
      latencyFloorMs: 5,
      contracts: 'off',
      unproven: 'allow',
      unjudged: 'allow',
    },
    canary: { steps: [1, 5, 25, 50, 100], holdMinutes: 0, minRequests: 0 },
    guard: {
      errorRate: 0.01,
      slowRate: 0.05,
      mismatchRate: 0.05,
      latencyP99Ratio: 3,
      latencyFloorMs: 50,
      timesMonolith: 2,
      windowSeconds: 60,
      minRequests: 50,
    },
    contracts: { pacts: '/nowhere', states: '/nowhere' },
    rulesHash: 'sample',
    ...changes,
  };
}

/** The monolith and a service of the same name as each migration. */
export function sampleModel(
  monolith: Upstream,
  services: readonly Upstream[],
  migrations: readonly Migration[],
): RoutingModel {
  return { upstreams: [monolith, ...services], default: monolith.id, migrations, hash: 'sample' };
}
