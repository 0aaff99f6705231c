import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adminClient } from './admin-client.ts';
import { InMemoryEstate } from './in-memory-deps.ts';

test('a shadow order sets the share and answers with the new status', async () => {
  const estate = new InMemoryEstate();
  const response = await adminClient(estate)
    .post('/api/migrations/catalog/shadow', { share: 0.1 })
    .expect(200);
  assert.equal(response.body.status.shadowShare, 0.1);
  assert.equal(response.body.text, 'catalog is in shadow.');
  assert.equal(estate.migrations.get('catalog')?.shadowShare, 0.1);
});

test('a promote that the gate refuses is a 409 with every reason, and moves nothing', async () => {
  const estate = new InMemoryEstate();
  const response = await adminClient(estate).post('/api/migrations/catalog/promote', { to: 25 }).expect(409);
  assert.equal(response.type, 'application/problem+json');
  assert.equal(response.body.code, 'gate_refused');
  assert.equal(response.body.reasons.length, 2);
  assert.equal(response.body.requestId, response.headers['x-request-id']);
  assert.equal(estate.migrations.get('catalog')?.revision, 4);
});

test('a promote with an open gate and no share goes to the next step', async () => {
  const estate = new InMemoryEstate();
  estate.reasons = [];
  const response = await adminClient(estate).post('/api/migrations/catalog/promote', {}).expect(200);
  assert.equal(response.body.status.share.effective, 25);
});

test('a promote to a share that is no step is a 409 of its own code', async () => {
  const estate = new InMemoryEstate();
  estate.reasons = [];
  const response = await adminClient(estate).post('/api/migrations/catalog/promote', { to: 7 }).expect(409);
  assert.equal(response.body.code, 'not_next_step');
});

test('a rollback goes back although the gate is closed', async () => {
  const estate = new InMemoryEstate();
  const response = await adminClient(estate)
    .post('/api/migrations/catalog/rollback', { reason: 'prices are off' })
    .expect(200);
  assert.equal(response.body.status.phase, 'monolith');
  assert.equal(estate.auditRows[0]?.reason, 'prices are off');
});

const wrongOrders: [string, object, RegExp][] = [
  ['shadow', {}, /body: must have required property 'share'/],
  ['shadow', { share: 101 }, /body\.share: must be <= 100/],
  ['shadow', { share: '10' }, /body\.share: must be number/],
  ['shadow', { share: 10, sahre: 1 }, /body\.sahre: must NOT have additional/],
  ['promote', { to: 0 }, /body\.to: must be > 0/],
  ['rollback', {}, /body: must have required property 'reason'/],
  ['rollback', { reason: ' ' }, /body\.reason: must match format "one-line-text"/],
  ['rollback', { reason: 'a\nforged line' }, /body\.reason: must match format "one-line-text"/],
  ['rollback', { reason: 'x'.repeat(501) }, /body\.reason: must NOT have more than 500 characters/],
  ['verify', { force: true }, /body\.force: must NOT have additional/],
];
for (const [move, order, message] of wrongOrders) {
  test(`${move} with ${JSON.stringify(order).slice(0, 40)} is a 400 that says where`, async () => {
    const estate = new InMemoryEstate();
    const response = await adminClient(estate).post(`/api/migrations/catalog/${move}`, order).expect(400);
    assert.equal(response.body.code, 'invalid_request');
    assert.match(response.body.detail, message);
    assert.equal(estate.migrations.get('catalog')?.revision, 4);
  });
}

for (const move of ['shadow', 'promote', 'rollback', 'verify']) {
  test(`${move} of an unknown migration is a 404`, async () => {
    const orders: Record<string, object> = { shadow: { share: 1 }, rollback: { reason: 'x' } };
    const response = await adminClient(new InMemoryEstate())
      .post(`/api/migrations/billing/${move}`, orders[move] ?? {})
      .expect(404);
    assert.equal(response.body.code, 'unknown_migration');
  });
}
