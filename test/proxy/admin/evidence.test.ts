import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adminClient } from './admin-client.ts';
import { InMemoryEstate } from './in-memory-deps.ts';
import {
  catalogPair,
  catalogSignatures,
  failedContract,
  passedContract,
  priceVerdict,
} from './sample-data.ts';

test('signatures are answered as the store ranks them', async () => {
  const response = await adminClient(new InMemoryEstate())
    .get('/api/migrations/catalog/signatures')
    .expect(200);
  assert.deepEqual(response.body, { signatures: catalogSignatures });
});

test('one signature comes with its newest pairs, as many as asked for', async () => {
  const estate = new InMemoryEstate();
  estate.pairs = [catalogPair, { ...catalogPair, id: '018f0c1e-7a2b-7c3d-8e4f-5a6b7c8d9e10' }];
  const path = '/api/migrations/catalog/signatures/5f1c0a9be2d4';
  const all = await adminClient(estate).get(path).expect(200);
  const one = await adminClient(estate).get(`${path}?limit=1`).expect(200);
  assert.equal(all.body.pairs.length, 2);
  const { nextCursor, ...shown } = one.body;
  assert.equal(typeof nextCursor, 'string');
  assert.deepEqual(shown, {
    signature: catalogSignatures[0],
    pairs: [{ ...catalogPair, links: estate.links, revealable: [] }],
    verdicts: [priceVerdict],
  });
});

test('an unknown signature is a 404 of its own code', async () => {
  const response = await adminClient(new InMemoryEstate())
    .get('/api/migrations/catalog/signatures/0000')
    .expect(404);
  assert.equal(response.body.code, 'unknown_signature');
});

test('a pair is answered by its id, an unknown one is a 404, a malformed id a 400', async () => {
  const estate = new InMemoryEstate();
  const client = adminClient(estate);
  const response = await client.get(`/api/pairs/${catalogPair.id}`).expect(200);
  assert.deepEqual(response.body, { ...catalogPair, links: estate.links, revealable: [] });
  const unknown = await client.get('/api/pairs/018f0c1e-0000-7c3d-8e4f-5a6b7c8d9e0f').expect(404);
  assert.equal(unknown.body.code, 'unknown_pair');
  const malformed = await client.get('/api/pairs/17').expect(400);
  assert.equal(malformed.body.code, 'invalid_request');
});

test('a verification answers 200 with what passed and what failed, and who asked is handed on', async () => {
  const estate = new InMemoryEstate();
  estate.contracts = [passedContract, failedContract];
  const response = await adminClient(estate).post('/api/migrations/catalog/verify', {}).expect(200);
  assert.deepEqual(response.body, {
    migration: 'catalog',
    results: [passedContract, failedContract],
    problems: [],
  });
  assert.equal(estate.auditRows[0]?.actor, 'cli:alice');
});

test('a verification without a pact is a 409 that says what is missing', async () => {
  const estate = new InMemoryEstate();
  estate.contracts = [];
  const response = await adminClient(estate).post('/api/migrations/catalog/verify', {}).expect(409);
  assert.equal(response.body.code, 'nothing_to_verify');
  assert.match(response.body.detail, /no pact file/);
});

test('a second verification while one runs is refused, and taken when the first is over', async () => {
  const estate = new InMemoryEstate();
  const blocked = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  const deps = estate.deps();
  estate.deps = () => ({
    ...deps,
    verify: async (migration, actor) => {
      started.resolve();
      await blocked.promise;
      return deps.verify(migration, actor);
    },
  });
  const { post } = adminClient(estate);
  const first = post('/api/migrations/catalog/verify', {}).then((response) => response.status);
  await started.promise;
  const second = await post('/api/migrations/catalog/verify', {}).expect(409);
  assert.equal(second.body.code, 'verification_running');
  blocked.resolve();
  assert.equal(await first, 200);
  await post('/api/migrations/catalog/verify', {}).expect(200);
});
