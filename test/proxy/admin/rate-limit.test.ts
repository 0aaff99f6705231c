import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RateLimiter, rates } from '../../../proxy/admin/rate-limit.ts';
import { adminClient } from './admin-client.ts';
import { InMemoryEstate } from './in-memory-deps.ts';

test('somebody has asked as much as is taken, they wait as long as one more takes, and nobody else does', () => {
  let now = 0;
  const limiter = new RateLimiter({ burst: 2, perSecond: 4 }, () => now);
  assert.deepEqual([limiter.take('a'), limiter.take('a'), limiter.take('a')], [0, 0, 250]);
  assert.equal(limiter.take('b'), 0);
  now = 250;
  assert.deepEqual([limiter.take('a'), limiter.take('a')], [0, 250]);
  now = 1e9;
  assert.deepEqual([limiter.take('a'), limiter.take('a'), limiter.take('a')], [0, 0, 250]);
});

test('more sides ask than are remembered, the one that asked longest ago is forgotten', () => {
  const limiter = new RateLimiter({ burst: 1, perSecond: 1 }, () => 0);
  limiter.take('first');
  limiter.take('second');
  for (let at = 0; at < 9_999; at++) limiter.take(`${at}`);
  assert.equal(limiter.take('first'), 0);
});

test('writes come faster than they are taken, they are refused with when to come back, and roll back and kill are not', async () => {
  const estate = new InMemoryEstate();
  const deps = estate.deps();
  estate.deps = () => ({ ...deps, clock: { now: () => Date.now(), monotonic: () => 1 } });
  const client = adminClient(estate);
  const pause = () => client.post('/api/migrations/catalog/pause', { reason: 'again' });
  for (let at = 0; at < rates.write.burst; at++) await pause().expect(200);
  const refused = await pause().expect(429);
  assert.equal(refused.body.code, 'rate_limited');
  assert.equal(refused.headers['retry-after'], '1');
  await client.post('/api/migrations/catalog/rollback', { reason: 'now' }).expect(200);
  await client.post('/api/kill', { on: true, reason: 'now' }).expect(200);
  await client.get('/api/migrations').expect(200);
});
