import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adminClient } from './admin-client.ts';
import { InMemoryEstate } from './in-memory-deps.ts';

const path = '/api/signatures/5f1c0a9be2d4/verdict';
const expected = { verdict: 'expected', reason: 'prices get cents', until: '2026-12-31T23:59:59.999Z' };

test('a verdict is kept as it was asked for, with who asked', async () => {
  const estate = new InMemoryEstate();
  const response = await adminClient(estate)
    .post(path, { ...expected, owner: 'qa' })
    .expect(200);
  const { verdict, text } = response.body;
  assert.deepEqual(
    [verdict.verdict, verdict.owner, verdict.reason, verdict.until, verdict.actor],
    ['expected', 'qa', expected.reason, expected.until, 'cli:alice'],
  );
  assert.equal(text, 'body:/price of GET /api/products/{productId}: expected, by qa.');
});

const refusedOrders: readonly [name: string, body: object, problem: RegExp][] = [
  ['expected without an end', { verdict: 'expected', reason: 'x' }, /needs a date/],
  ['an end that is over', { ...expected, until: '2026-11-01T00:00:00Z' }, /is over/],
  ['an end more than a year away', { ...expected, until: '2028-01-01T00:00:00Z' }, /more than a year away/],
];
for (const [name, body, problem] of refusedOrders) {
  test(`${name} is refused with what is wrong`, async () => {
    const response = await adminClient(new InMemoryEstate()).post(path, body);
    assert.equal(response.body.code, 'invalid');
    assert.match(response.body.detail, problem);
  });
}

const malformed: readonly [name: string, body: object][] = [
  ['another verdict', { verdict: 'fine', reason: 'x' }],
  ['no reason', { verdict: 'bug' }],
  ['a reason of two lines', { verdict: 'bug', reason: 'x\ny' }],
  ['an end that is no date', { ...expected, until: 'tomorrow' }],
  ['a field that is not known', { verdict: 'bug', reason: 'x', forEver: true }],
];
for (const [name, body] of malformed) {
  test(`${name} is a 400`, async () => {
    const response = await adminClient(new InMemoryEstate()).post(path, body).expect(400);
    assert.equal(response.body.code, 'invalid_request');
  });
}

test('a signature that nothing has shown is a 404 of its own code', async () => {
  const response = await adminClient(new InMemoryEstate())
    .post('/api/signatures/0000/verdict', expected)
    .expect(404);
  assert.equal(response.body.code, 'unknown_signature');
});

test('a verdict without the store is a 503: it must not get lost', async () => {
  const estate = new InMemoryEstate();
  estate.storeError = new Error('connect ECONNREFUSED');
  const response = await adminClient(estate).post(path, expected).expect(503);
  assert.equal(response.body.code, 'store_unavailable');
});
