import type { ContractResult, RouteReport } from '../../../proxy/admin/api-types.ts';
import type { MigrationStatus } from '../../../proxy/delivery/model.ts';
import type { RecentAsking } from '../../../proxy/delivery/preview/recent-asking.ts';
import type { ListedSignature } from '../../../proxy/evidence/list-signatures.ts';
import type { GateReason } from '../../../proxy/evidence/model.ts';
import type { KeptVerdict, PairRow, VerdictRow } from '../../../proxy/store/model.ts';
import type { SignatureHour } from '../../../proxy/store/signature-hours.ts';

const traffic = (requests: number, errors: number, p99Ms: number) => ({
  requests,
  errors,
  lastMinute: {
    requests: Math.round(requests / 10),
    errors: Math.round(errors / 10),
    p50Ms: p99Ms / 4,
    p99Ms,
  },
});

export const catalogStatus: MigrationStatus = {
  id: 'catalog',
  service: 'catalog',
  owner: 'team-catalog',
  phase: 'canary',
  since: '2026-11-20T09:30:00.000Z',
  share: { asked: 25, allowed: 5, effective: 5 },
  shadowShare: 100,
  pairs: { agreed: 12_300, differed: 45, incomparable: 3, agreementAtLeast: 0.995_13 },
  builds: { monolith: '7.4.1', service: '1.2.0' },
  traffic: {
    monolith: traffic(123_456, 120, 42.4),
    service: traffic(6_400, 10, 12.6),
    fallbacks: 2,
    shadowDropped: { 'queue full': 17 },
  },
  gate: 'refused',
  holds: [
    '2 signatures have no verdict yet.',
    'The step to 25% needs 1,240 more pairs of GET /api/categories.',
  ],
  revision: 4,
};

export const ordersStatus: MigrationStatus = {
  id: 'orders',
  service: 'orders',
  phase: 'monolith',
  since: '2026-11-19T08:00:00.000Z',
  share: { asked: 0, allowed: 0, effective: 0 },
  shadowShare: 0,
  pairs: { agreed: 0, differed: 0, incomparable: 0 },
  builds: { monolith: '7.4.1', service: 'unknown' },
  traffic: { monolith: traffic(0, 0, 0), service: traffic(0, 0, 0), fallbacks: 0, shadowDropped: {} },
  gate: 'waiting',
  holds: [],
  revision: 1,
};

export const gateReasons: readonly GateReason[] = [
  {
    rule: 'pairs',
    state: 'met',
    route: 'GET /api/products',
    text: 'GET /api/products has 10,585 pairs; 3,000 are wanted.',
  },
  {
    rule: 'pairs',
    state: 'waiting',
    route: 'GET /api/categories',
    text: 'GET /api/categories has 1,760 pairs; 1,240 more are wanted.',
  },
  { rule: 'unjudged', state: 'refused', text: '2 signatures have no verdict: 5f1c0a9be2d4, 91d2e07744aa.' },
];

export const priceVerdict: KeptVerdict & VerdictRow = {
  seq: 7,
  migration: 'catalog',
  monolithBuild: '7.4.1',
  serviceBuild: '1.1.0',
  rulesHash: 'feedbeef0123',
  signature: '5f1c0a9be2d4',
  route: 'GET /api/products/{productId}',
  place: 'body:/price',
  kind: 'value',
  verdict: 'expected',
  owner: 'team-catalog',
  reason: 'prices get cents',
  until: '2026-11-19T23:59:59.999Z',
  at: '2026-11-10T09:00:00.000Z',
  actor: 'cli:alice',
  pairs: 90,
  routePairs: 900,
};

/** It came with 1.2.0, and the monolith once had it with itself. */
export const priceHours: readonly SignatureHour[] = [8, 9, 10, 11].map((hour, index) => ({
  hour: `2026-11-20T${String(hour).padStart(2, '0')}:00:00.000Z`,
  serviceBuild: index === 0 ? '1.1.0' : '1.2.0',
  pairs: [0, 120, 380, 734][index]!,
  routePairs: 2_400 + index * 100,
  askedTwice: { pairs: 130, service: index * 10, monolith: index === 2 ? 1 : 0 },
}));

export const catalogSignatures: readonly ListedSignature[] = [
  {
    signature: '5f1c0a9be2d4',
    migration: 'catalog',
    route: 'GET /api/products/{productId}',
    place: 'body:/price',
    kind: 'value',
    serviceBuild: '1.2.0',
    pairs: 1_234,
    routePairs: 10_585,
    firstSeen: '2026-11-20T09:31:00.000Z',
    lastSeen: '2026-11-20T11:59:00.000Z',
    monolith: '12.35',
    service: '12.34',
    state: 'expired',
    by: 'verdict',
    trend: 'rising',
    askedTwice: { pairs: 530, service: 62, monolith: 0 },
    verdict: priceVerdict,
  },
  {
    signature: '91d2e07744aa',
    migration: 'catalog',
    route: 'GET /api/products',
    place: 'body:/items/*/description',
    kind: 'missing',
    serviceBuild: '1.2.0',
    pairs: 1,
    routePairs: 10_585,
    firstSeen: '2026-11-20T09:40:00.000Z',
    lastSeen: '2026-11-20T09:40:00.000Z',
    monolith: 'null',
    state: 'unjudged',
    askedTwice: { pairs: 530, service: 0, monolith: 0 },
  },
  {
    signature: '0c66d10f9a3e',
    migration: 'catalog',
    route: 'GET /api/products',
    place: 'header:x-served-in',
    kind: 'value',
    serviceBuild: '1.2.0',
    pairs: 10_500,
    routePairs: 10_585,
    firstSeen: '2026-11-20T09:31:00.000Z',
    lastSeen: '2026-11-20T11:59:00.000Z',
    monolith: '31 ms',
    service: '7 ms',
    state: 'noise',
    by: 'measured',
    askedTwice: { pairs: 530, service: 527, monolith: 528 },
  },
];

export const catalogPair: PairRow = {
  id: '018f0c1e-7a2b-7c3d-8e4f-5a6b7c8d9e0f',
  migration: 'catalog',
  route: 'GET /api/products/{productId}',
  at: '2026-11-20T11:59:00.000Z',
  control: 'monolith',
  outcome: 'differed',
  differences: [
    {
      place: 'body:/price',
      pattern: 'body:/price',
      kind: 'value',
      monolith: '12.35',
      service: '12.34',
      signature: '5f1c0a9be2d4',
    },
    {
      place: 'header:x-cache',
      pattern: 'header:x-cache',
      kind: 'extra',
      service: 'hit',
      signature: 'aaaaaaaaaaaa',
    },
  ],
  monolithMs: 41.7,
  serviceMs: 9.2,
  request: {
    method: 'GET',
    target: '/api/products/17?currency=EUR',
    headers: ['accept', 'application/json'],
    body: '',
  },
  monolith: { status: 200, headers: ['content-type', 'application/json'], body: '{"id":17,"price":12.35}' },
  service: { status: 200, headers: ['content-type', 'application/json'], body: '{"id":17,"price":12.34}' },
};

export const passedContract: ContractResult = {
  side: 'monolith',
  consumer: 'web-shop',
  build: '7.4.1',
  pactHash: 'c0ffee',
  outcome: 'passed',
  interactions: ['GET /api/products: a list', 'POST /api/products: a new one'],
  at: '2026-11-20T11:00:00.000Z',
  failures: [],
  from: '/estate/contracts/pacts/web-shop-catalog.json',
  pending: false,
  warnings: [],
};

export const failedContract: ContractResult = {
  ...passedContract,
  side: 'service',
  build: '1.2.0',
  outcome: 'failed',
  failures: [{ interaction: 'POST /api/products: a new one', text: 'expected status 201 but got 500' }],
};

/** Users 1 to 400, each of whom asked ten times within ten minutes; the hash is what their bucket is made of. */
export const catalogAsking: RecentAsking = {
  minutes: 10,
  requests: 4_200,
  routes: new Map([
    ['GET /api/products', 3_000],
    ['GET /api/categories', 1_200],
  ]),
  users: new Map(Array.from({ length: 400 }, (_, index) => [index, 10])),
  byChance: 0,
  unknown: 200,
  complete: true,
};

export const previewed = {
  id: 'catalog',
  service: 'catalog',
  stickBy: [{ from: 'header', name: 'x-user-id' }],
  canary: { steps: [1, 5, 25, 50, 100], holdMinutes: 15, minRequests: 1_000 },
  routes: [],
} as const;

export const catalogRoutes: readonly RouteReport[] = [
  {
    route: 'GET /api/products/{productId}',
    shadow: 'compare',
    agreed: 9_351,
    differed: 1_234,
    incomparable: 0,
    agreementAtLeast: 0.877,
    requestsPerMinute: 300,
    lastSeenAt: '2026-11-20T11:59:00.000Z',
    kinds: 4,
    kindsInPacts: 2,
    coverage: [
      { dimension: 'status', value: '2xx', compared: 10_500, incomparable: 0 },
      { dimension: 'status', value: '4xx', compared: 85, incomparable: 0 },
    ],
  },
  {
    route: 'POST /api/products',
    shadow: 'never',
    agreed: 0,
    differed: 0,
    incomparable: 0,
    requestsPerMinute: 0,
    kinds: 0,
    kindsInPacts: 0,
    coverage: [],
  },
];
