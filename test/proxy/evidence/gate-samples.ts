import type { ContractEvidence, GateFacts } from '../../../proxy/evidence/model.ts';
import type { GateRules, Migration, Route, ShadowMode } from '../../../proxy/routing/model.ts';
import { latencyBucket, latencyBuckets } from '../../../proxy/telemetry/latency.ts';

export function route(id: string, shadow: ShadowMode = 'compare'): Route {
  const [method = '', template = ''] = id.split(' ');
  return { id, method, template, shadow, rewrite: undefined };
}

export const products = route('GET /api/products');
export const product = route('GET /api/products/{productId}');

/** The catalog migration with routes.yaml's defaults, but for what is given. */
export function migration(
  gate: Partial<GateRules> = {},
  routes: readonly Route[] = [products, product],
): Migration {
  return {
    id: 'catalog',
    service: 'catalog',
    owner: undefined,
    hosts: [],
    stickBy: [],
    routes,
    shadow: {
      timeoutMs: 1000,
      maxBodyBytes: 1_048_576,
      compare: { ignore: [], unordered: [], tolerate: [] },
      redact: [],
    },
    gate: {
      minPairs: 3000,
      agreement: 0.995,
      latencyP99Ratio: 1.2,
      latencyFloorMs: 5,
      contracts: 'required',
      unproven: 'refuse',
      unjudged: 'refuse',
      ...gate,
    },
    canary: { steps: [100], holdMinutes: 0, minRequests: 0 },
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
    contracts: { pacts: '/estate/pacts', states: '/estate/states' },
    rulesHash: 'r1',
  };
}

export const verified: ContractEvidence = {
  side: 'service',
  consumer: 'web-shop',
  build: '1.4.0',
  pactHash: 'p1',
  outcome: 'passed',
  interactions: ['GET /api/products', 'POST /api/products'],
  at: '2026-11-21T10:00:00.000Z',
};

/** What the monolith makes of the same pact. */
export const onMonolith: ContractEvidence = { ...verified, side: 'monolith', build: 'm1' };

/** Facts that open the gate of `migration()`, but for what is given. */
export function facts(more: Partial<GateFacts> = {}): GateFacts {
  return {
    key: { migration: 'catalog', monolithBuild: 'm1', serviceBuild: '1.4.0', rulesHash: 'r1' },
    routes: [counts(products.id, 2000), counts(product.id, 2000)],
    unjudged: [],
    judgements: { bugs: [], expected: [], noise: [] },
    verdictsKnown: true,
    coverage: [],
    clientAnswers: new Map(),
    contracts: [verified, onMonolith],
    pacts: [{ consumer: 'web-shop', pactHash: 'p1' }],
    latency: { monolith: latencies(40, 4000), service: latencies(12, 4000) },
    failedPairs: { service: 0, monolith: 0, both: 0 },
    served: { monolith: { requests: 0, errors: 0 }, service: { requests: 0, errors: 0 } },
    openapi: { state: {}, described: [], changes: undefined },
    serviceReachable: true,
    storeAvailable: true,
    ...more,
  };
}

export function counts(routeId: string, agreed: number, differed = 0, incomparable = 0) {
  return { route: routeId, agreed, differed, incomparable };
}

/** As many latencies as `pairs`, all of them `ms`. */
export function latencies(ms: number, pairs: number): number[] {
  const counts = new Array<number>(latencyBuckets).fill(0);
  counts[latencyBucket(ms)] = pairs;
  return counts;
}
