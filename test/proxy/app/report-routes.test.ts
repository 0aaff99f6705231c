import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readReplicaDetail } from '../../../proxy/app/replica-detail.ts';
import { reportRoutes } from '../../../proxy/app/report-routes.ts';
import { catalogAsking } from '../admin/sample-data.ts';
import { migration as sample } from '../evidence/gate-samples.ts';

test('each route has its own pairs, coverage, pacts and when it was last asked for', () => {
  const { routes } = sample();
  const route = routes[0]!.id;
  const use = { route, coveredBy: [{ consumer: 'web-shop', description: 'a search' }] };
  const [first, second] = reportRoutes(
    { routes: [...routes.slice(0, 1), { ...routes[0]!, id: 'GET /other' }] },
    {
      pairs: [{ route, agreed: 99, differed: 1, incomparable: 0 }],
      coverage: [
        { route, dimension: 'status', value: '2xx', compared: 100, incomparable: 0 },
        { route, dimension: 'use', value: 'GET 200 x', compared: 100, incomparable: 0 },
      ],
      uses: [use, { ...use, coveredBy: [] }] as never,
      asking: { ...catalogAsking, routes: new Map([[route, 123]]) },
      lastSeen: new Map([[route, Date.UTC(2026, 10, 20)]]),
    },
  );
  assert.equal(first?.requestsPerMinute, 12.3);
  assert.equal(first?.lastSeenAt, '2026-11-20T00:00:00.000Z');
  assert.deepEqual([first?.kinds, first?.kindsInPacts], [2, 1]);
  assert.deepEqual(first?.coverage, [{ dimension: 'status', value: '2xx', compared: 100, incomparable: 0 }]);
  assert.ok(first?.agreementAtLeast !== undefined && first.agreementAtLeast < 0.99);
  assert.equal(second?.agreementAtLeast, undefined);
  assert.equal(second?.lastSeenAt, undefined);
});

test('what an older Ficus says of itself is nothing, not a mistake', () => {
  assert.deepEqual(readReplicaDetail({}), {});
  const detail = { workers: [{ pid: 1, hash: 'a' }], flags: { source: 'file', up: true }, refused: 0 };
  assert.deepEqual(readReplicaDetail(detail), detail);
});
