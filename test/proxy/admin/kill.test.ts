import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readForce } from '../../../proxy/flags/force-token.ts';
import { adminClient } from './admin-client.ts';
import { InMemoryEstate } from './in-memory-deps.ts';

test('the kill switch is turned on and off with a reason, in the audit, and says how it is', async () => {
  const estate = new InMemoryEstate();
  const client = adminClient(estate);
  assert.equal((await client.get('/api/kill').expect(200)).body.on, false);
  const on = await client.post('/api/kill', { on: true, reason: 'prices' }).expect(200);
  assert.match(
    on.body.text,
    /^The kill switch ficus.kill is on since .* by cli:alice: "prices"\. .* in this process only/,
  );
  assert.deepEqual(on.body.warnings, ['The flag ficus.kill could not be turned on: nobody there']);
  assert.equal((await client.get('/api/kill').expect(200)).body.on, true);
  const off = await client.post('/api/kill', { on: false, reason: 'fixed' }).expect(200);
  assert.equal(off.body.on, false);
  assert.deepEqual(estate.auditRows.map(({ action, reason }) => `${action} ${reason}`).sort(), [
    'kill prices',
    'kill-off fixed',
  ]);
});

test('a kill whose flag cannot be turned off is a refusal with why, in the audit', async () => {
  const estate = new InMemoryEstate();
  estate.killStays = true;
  const response = await adminClient(estate).post('/api/kill', { on: false, reason: 'fixed' }).expect(503);
  assert.equal(response.body.code, 'flags_unavailable');
  assert.deepEqual(response.body.reasons, ['The flag could not be turned off.']);
  assert.equal(estate.auditRows[0]?.action, 'refused');
});

for (const body of [{ on: true }, { on: 'yes', reason: 'x' }, { on: true, reason: ' ' }, {}]) {
  test(`a kill order of ${JSON.stringify(body)} is refused`, async () => {
    const estate = new InMemoryEstate();
    await adminClient(estate).post('/api/kill', body).expect(400);
    assert.equal(estate.killed, undefined);
  });
}

test('a forced side is a signed header that ends, in the audit', async () => {
  const estate = new InMemoryEstate();
  const order = { side: 'service', minutes: 60, reason: 'prices' };
  const { body } = await adminClient(estate).post('/api/migrations/catalog/force', order).expect(200);
  assert.equal(body.header, 'Ficus-Force');
  const grant = readForce(body.value, 'a key that is long enough for a test', Date.now());
  assert.equal(grant?.migration, 'catalog');
  assert.ok(Math.abs(Date.parse(body.until) - Date.now() - 3_600_000) < 60_000);
  assert.equal(estate.auditRows[0]?.action, 'force');
  await adminClient(estate).post('/api/migrations/nothing/force', order).expect(404);
  await adminClient(estate)
    .post('/api/migrations/catalog/force', { ...order, minutes: 20_000 })
    .expect(400);
});
