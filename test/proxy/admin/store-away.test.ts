import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adminClient } from './admin-client.ts';
import { InMemoryEstate } from './in-memory-deps.ts';

function estateWithoutStore(error: Error = new Error('connect ECONNREFUSED 127.0.0.1:5432')) {
  const estate = new InMemoryEstate();
  estate.storeError = error;
  estate.storeUp = false;
  return estate;
}

const storedPaths = [
  '/api/migrations/catalog/signatures',
  '/api/migrations/catalog/signatures/5f1c0a9be2d4',
  '/api/pairs/018f0c1e-7a2b-7c3d-8e4f-5a6b7c8d9e0f',
  '/api/audit',
  '/api/audit/verification',
];
for (const path of storedPaths) {
  test(`GET ${path} without the store is a 503 that says so`, async () => {
    const response = await adminClient(estateWithoutStore()).get(path).expect(503);
    assert.equal(response.type, 'application/problem+json');
    assert.equal(response.body.code, 'store_unavailable');
    assert.match(response.body.detail, /ECONNREFUSED.*rolling back still works/);
  });
}

test('status, gate and rollback go on without the store', async () => {
  const client = adminClient(estateWithoutStore());
  await client.get('/api/migrations').expect(200);
  await client.get('/api/migrations/catalog/gate').expect(200);
  const moved = await client.post('/api/migrations/catalog/rollback', { reason: 'now' }).expect(200);
  assert.equal(moved.body.warnings.length, 1);
});

test('readiness without the store answers 503 and names the part', async () => {
  const response = await adminClient(estateWithoutStore()).get('/readyz').expect(503);
  assert.deepEqual(response.body.parts['store'], { up: false, detail: 'gone' });
});

test('a store that never answers is a 503 after eight seconds', async (t) => {
  const estate = new InMemoryEstate();
  const deps = estate.deps();
  const asked = Promise.withResolvers<void>();
  const silent = () => {
    asked.resolve();
    return new Promise<never>(() => {});
  };
  estate.deps = () => ({ ...deps, reads: { ...deps.reads, listSignatures: silent } });
  const client = adminClient(estate);
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const answer = client.get('/api/migrations/catalog/signatures').then((response) => response);
  await asked.promise;
  t.mock.timers.tick(8_000);
  const response = await answer;
  assert.equal(response.status, 503);
  assert.match(response.body.detail, /did not answer within 8000 ms/);
});

const mistakes = {
  'a broken statement': Object.assign(new Error('column "pears" does not exist'), { code: '42703' }),
  'a TypeError': new TypeError('rows is not iterable'),
};
for (const [name, error] of Object.entries(mistakes)) {
  test(`${name} in a read is our mistake: a 500 that keeps the text in the log`, async () => {
    const estate = estateWithoutStore(error);
    const response = await adminClient(estate).get('/api/audit').expect(500);
    assert.equal(response.body.code, 'internal');
    assert.doesNotMatch(response.text, /pears|iterable/);
    const line = estate.logLines.find(({ msg }) => msg === 'admin request failed');
    assert.equal(line?.['requestId'], response.body.requestId);
    assert.match(JSON.stringify(line), /pears|iterable/);
  });
}
