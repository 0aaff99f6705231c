import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adminClient } from './admin-client.ts';
import { InMemoryEstate } from './in-memory-deps.ts';
import { catalogStatus, ordersStatus } from './sample-data.ts';

test('the list has every migration as it stands', async () => {
  const estate = new InMemoryEstate();
  estate.migrations.set('orders', ordersStatus);
  const response = await adminClient(estate).get('/api/migrations').expect(200);
  assert.deepEqual(response.body, { migrations: [catalogStatus, ordersStatus] });
});

test('one migration is answered with its shares in percent', async () => {
  const response = await adminClient(new InMemoryEstate()).get('/api/migrations/catalog').expect(200);
  assert.deepEqual(response.body.share, { asked: 25, allowed: 5, effective: 5 });
});

test('the gate answers with every reason, what is missing and the next step', async () => {
  const response = await adminClient(new InMemoryEstate()).get('/api/migrations/catalog/gate').expect(200);
  assert.equal(response.body.state, 'refused');
  assert.equal(response.body.nextStep, 25);
  assert.equal(response.body.reasons.length, 3);
  assert.equal(response.body.missing.length, 2);
});

for (const path of ['', '/gate', '/signatures', '/signatures/5f1c0a9be2d4']) {
  test(`an unknown migration at ${path || 'its own path'} is a 404 that names the known ones`, async () => {
    const estate = new InMemoryEstate();
    estate.migrations.set('orders', ordersStatus);
    const response = await adminClient(estate).get(`/api/migrations/billing${path}`).expect(404);
    assert.equal(response.type, 'application/problem+json');
    assert.equal(response.body.code, 'unknown_migration');
    assert.match(response.body.detail, /"billing".*catalog, orders/);
  });
}

test('an id that is a name of every JavaScript object is unknown like any other', async () => {
  const response = await adminClient(new InMemoryEstate()).get('/api/migrations/__proto__').expect(404);
  assert.equal(response.body.code, 'unknown_migration');
});
