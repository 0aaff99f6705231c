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

const bulk = '/api/migrations/catalog/verdicts';

test('one decision on several signatures is kept for each, with an entry in the audit for each', async () => {
  const estate = new InMemoryEstate();
  const signatures = ['91d2e07744aa', '0c66d10f9a3e'];
  const { body } = await adminClient(estate)
    .post(bulk, { signatures, verdict: 'bug', reason: 'headers' })
    .expect(200);
  assert.equal(body.text, '2 differences of catalog: bug, by team-catalog.');
  assert.deepEqual(
    body.verdicts.map(({ signature }: { signature: string }) => signature),
    signatures,
  );
  assert.deepEqual(
    estate.auditRows.map(({ action, actor }) => [action, actor]),
    [
      ['verdict', 'cli:alice'],
      ['verdict', 'cli:alice'],
    ],
  );
});

test('one of several signatures can not be judged: none is, and the reasons name it', async () => {
  const estate = new InMemoryEstate();
  const signatures = ['91d2e07744aa', '000000000000', '111111111111'];
  const { body } = await adminClient(estate)
    .post(bulk, { signatures, verdict: 'bug', reason: 'x' })
    .expect(422);
  assert.equal(body.code, 'invalid');
  assert.equal(body.reasons.length, 2);
  assert.match(body.reasons[0], /000000000000/);
  assert.equal(estate.verdicts.length, 1);
});

for (const [name, signatures] of [
  ['no signature', []],
  ['a signature twice', ['a', 'a']],
  ['201 signatures', Array.from({ length: 201 }, (_, index) => String(index))],
] as const) {
  test(`a decision on ${name} is a 400`, async () => {
    await adminClient(new InMemoryEstate())
      .post(bulk, { signatures, verdict: 'bug', reason: 'x' })
      .expect(400);
  });
}

test('a verdict is taken back: what held before it holds again, and the second who tries is told', async () => {
  const estate = new InMemoryEstate();
  const admin = adminClient(estate);
  const judged = await admin.post(path, { verdict: 'bug', reason: 'cents are lost' }).expect(200);
  const { signature, seq } = judged.body.verdict;
  const order = { verdicts: [{ signature, seq }] };
  const { body } = await admin.post(`${bulk}/undo`, order).expect(200);
  assert.equal(body.text, 'body:/price of GET /api/products/{productId}: expected again, by team-catalog.');
  assert.deepEqual([body.verdicts[0].undoes, body.verdicts[0].actor], [seq, 'cli:alice']);
  assert.equal(estate.auditRows[0]?.action, 'verdict-undone');
  const again = await admin.post(`${bulk}/undo`, order).expect(409);
  assert.equal(again.body.code, 'verdict_conflict');
  assert.match(again.body.reasons[0], /^5f1c0a9be2d4: somebody judged it/);
});

test('the hours of a signature are asked for, also of one that only a verdict knows', async () => {
  const estate = new InMemoryEstate();
  const admin = adminClient(estate);
  const hours = (of: string) => admin.get(`/api/migrations/catalog/signatures/${of}/hours?hours=24`);
  const { body } = await hours('5f1c0a9be2d4').expect(200);
  assert.equal(body.hours.length, 4);
  estate.signatures = [];
  await hours('5f1c0a9be2d4').expect(200);
  assert.equal((await hours('000000000000').expect(404)).body.code, 'unknown_signature');
});
