import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleGrid } from '../../support/sample-series.ts';
import { adminClient } from './admin-client.ts';
import { InMemoryEstate } from './in-memory-deps.ts';

function countedEstate(): InMemoryEstate {
  const estate = new InMemoryEstate();
  const shares = [{ fromMs: 0, percent: 25 }];
  const way = { requestsAMinute: 600, monolithMs: 30, serviceMs: 10, routes: 4, shares };
  const ways = ['catalog', ''].map((migration) => ({ ...way, migration }));
  // The second half only: what was before is a gap.
  estate.series = (grid) => {
    const missing = Math.floor(grid.points / 2);
    return sampleGrid(grid, ways).slice(missing * ways.length);
  };
  return estate;
}

test('a migration over the last hour has a point a minute, null where nothing was counted', async () => {
  const { body } = await adminClient(countedEstate()).get('/api/migrations/catalog/series').expect(200);
  assert.equal(body.stepSeconds, 60);
  assert.ok(body.points === 61 || body.points === 60);
  assert.equal(body.share.effective.length, body.points);
  assert.equal(body.share.effective[0], null);
  assert.equal(body.share.effective.at(-1), 25);
  assert.ok(body.service.p99Ms.at(-1) < body.monolith.p99Ms.at(-1));
  assert.ok(body.dropped['too-large'].at(-1) > 0);
});

test('a span and a step may be asked for, as curl sends them', async () => {
  const { body } = await adminClient(countedEstate())
    .get('/api/estate/series?from=2026-11-20T10:00:00Z&to=2026-11-20T12:00:00Z&step=1800')
    .expect(200);
  assert.deepEqual([body.from, body.points], ['2026-11-20T10:00:00.000Z', 4]);
  assert.deepEqual(body.routes, { all: [null, null, 4, 4], moved: [null, null, 1, 1] });
});

test('every migration comes in one answer for the overview', async () => {
  const { body } = await adminClient(countedEstate()).get('/api/series?points=12').expect(200);
  assert.deepEqual([body.points, body.stepSeconds, body.migrations.length], [12, 300, 1]);
  assert.equal(body.migrations[0].monolith.p99Ms.length, 12);
});

test('more points than allowed, a step that is none and an unknown migration are refused', async () => {
  const client = adminClient(countedEstate());
  const tooMany = await client
    .get('/api/migrations/catalog/series?from=2026-01-01T00:00:00Z&step=60')
    .expect(400);
  assert.equal(tooMany.body.code, 'invalid_request');
  assert.match(tooMany.body.detail, /720 are allowed: ask for `step=/);
  await client.get('/api/migrations/catalog/series?step=61').expect(400);
  await client.get('/api/migrations/catalog/series?from=yesterday').expect(400);
  await client.get('/api/migrations/nothing/series').expect(404);
});

test('while the store is away that is said', async () => {
  const estate = countedEstate();
  estate.storeError = new Error('connect ECONNREFUSED');
  const { body } = await adminClient(estate).get('/api/series').expect(503);
  assert.equal(body.code, 'store_unavailable');
});
