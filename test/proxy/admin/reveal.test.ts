import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adminClient } from './admin-client.ts';
import { InMemoryEstate } from './in-memory-deps.ts';
import { catalogPair } from './sample-data.ts';

const path = `/api/pairs/${catalogPair.id}/reveal`;
const order = { marks: ['0a1b2c3d'], reason: 'ticket 7' };
const value = { mark: '0a1b2c3d', rule: 'body:/email', value: 'anna@mail.example' };

test('a value is revealed with a reason, it is answered for nobody’s cache', async () => {
  const estate = new InMemoryEstate();
  estate.hiddenValues = [value];
  const response = await adminClient(estate).post(path, order).expect(200);
  assert.deepEqual(response.body, { pair: catalogPair.id, values: [value], notKept: [] });
  assert.equal(response.headers['cache-control'], 'no-store');
  assert.equal(estate.auditRows[0]?.action, 'reveal');
  assert.ok(!JSON.stringify(estate.logLines).includes(value.value), 'the value is in the log');
});

test('without a reason, without a mark or with what is none, nothing is revealed', async () => {
  const { post } = adminClient(new InMemoryEstate());
  for (const bad of [
    { marks: order.marks },
    { ...order, reason: ' ' },
    { ...order, marks: [] },
    { ...order, marks: ['all'] },
    { ...order, marks: Array.from({ length: 33 }, (_, i) => String(i).padStart(8, '0')) },
  ])
    assert.equal((await post(path, bad).expect(400)).body.code, 'invalid_request');
});

test('values are not kept, the pair is unknown or the store is away, each has a code of its own', async () => {
  const estate = new InMemoryEstate();
  const { post } = adminClient(estate);
  assert.equal((await post(path, order).expect(409)).body.code, 'values_not_kept');
  const unknown = '/api/pairs/018f0c1e-0000-7c3d-8e4f-5a6b7c8d9e0f/reveal';
  assert.equal((await post(unknown, order).expect(404)).body.code, 'unknown_pair');
  estate.storeError = new Error('connect ECONNREFUSED');
  assert.equal((await post(path, order).expect(503)).body.code, 'store_unavailable');
});

test('more is revealed within a minute than a person reads, the rest is refused until later', async () => {
  const estate = new InMemoryEstate();
  estate.hiddenValues = [value];
  const deps = estate.deps();
  let nowMs = 1000;
  estate.deps = () => ({ ...deps, clock: { ...deps.clock, monotonic: () => nowMs } });
  const { post } = adminClient(estate);
  for (let i = 0; i < 30; i++) await post(path, order).expect(200);
  const refused = await post(path, order).expect(429);
  assert.equal(refused.body.code, 'rate_limited');
  assert.equal(refused.headers['retry-after'], '60');
  nowMs += 60_000;
  await post(path, order).expect(200);
});
