import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { PairRow } from '../../../proxy/store/model.ts';
import { defaultPairLimits } from '../../../proxy/store/pairs.ts';
import { startTestStore, type TestStore } from './start-test-store.ts';

const start = Date.parse('2026-11-21T10:00:00Z');

/** The `second`-th pair that shows `signature`. */
function pair(signature: string, second: number, more: Partial<PairRow> = {}): PairRow {
  return {
    id: randomUUID(),
    migration: 'catalog',
    route: 'GET /api/products/{productId}',
    at: new Date(start + second * 1000).toISOString(),
    control: 'monolith',
    outcome: 'differed',
    differences: [
      {
        place: 'body:/price',
        pattern: 'body:/price',
        kind: 'value',
        monolith: '19.99',
        service: '20',
        signature,
      },
    ],
    monolithMs: 12.5,
    serviceMs: 8,
    request: { method: 'GET', target: '/api/products/P-000001', headers: ['accept', '*/*'], body: '' },
    monolith: { status: 200, headers: ['content-type', 'application/json'], body: '{"price":19.99}' },
    service: { status: 200, headers: ['content-type', 'application/json'], body: '{"price":20}' },
    ...more,
  };
}

const pairs = (signature: string, count: number) =>
  Array.from({ length: count }, (_, i) => pair(signature, i));

describe('pairs', () => {
  let started: TestStore;
  before(async () => {
    started = await startTestStore({ pairLimits: { pairsPerSignature: 3 } });
  });
  after(() => started.stop());

  const times = (rows: readonly PairRow[]) => rows.map(({ at }) => (Date.parse(at) - start) / 1000);

  test('A pair is written, it reads back as it was', async () => {
    const written = pair('whole', 0);
    const incomparable = pair('', 0, {
      outcome: 'incomparable',
      reason: 'service timed-out: over 1000 ms',
      differences: [],
      service: { headers: [], body: '', detail: 'over 1000 ms' },
    });
    await started.store.pairs.insert([written, incomparable]);
    assert.deepEqual(await started.store.pairs.pair(written.id), written);
    assert.deepEqual(await started.store.pairs.pair(incomparable.id), incomparable);
    assert.deepEqual(await started.store.pairs.pairsOfSignature('catalog', 'whole', 10), [written]);
    assert.deepEqual(await started.store.pairs.pairsOfSignature('other', 'whole', 10), []);
    assert.equal(await started.store.pairs.pair('no such pair'), undefined);
  });

  test('More pairs than are kept of a signature arrive, the newest stay, newest first', async () => {
    const { pairs: store } = started.store;
    await store.insert(pairs('many', 10));
    assert.deepEqual(times(await store.pairsOfSignature('catalog', 'many', 10)), [9, 8, 7]);
    await store.insert([pair('many', 20), pair('many', 1)]);
    assert.deepEqual(times(await store.pairsOfSignature('catalog', 'many', 2)), [20, 9]);
  });

  test('A pair is the newest of one of its two signatures, it stays', async () => {
    const { pairs: store } = started.store;
    const both = pair('left', 0, {
      differences: ['left', 'right'].map((signature) => ({ ...pair('', 0).differences[0]!, signature })),
    });
    await store.insert([both, ...pairs('left', 5).slice(1)]);
    assert.deepEqual(await store.pairsOfSignature('catalog', 'right', 10), [both]);
    assert.equal((await store.pairsOfSignature('catalog', 'left', 10)).length, 3);
    assert.deepEqual(await store.pair(both.id), both);
  });

  test('Text that Postgres refuses is in every field, the pair is kept with it written out', async () => {
    const bad = 'a\0b\ud800';
    const good = 'a\\u0000b\\ud800';
    const written = pair('odd', 0, {
      id: `${randomUUID()}\0`,
      outcome: 'differed',
      reason: bad,
      differences: [{ ...pair('odd', 0).differences[0]!, monolith: bad }],
      request: { method: 'GET', target: bad, headers: [bad, bad], body: bad },
    });
    await started.store.pairs.insert([written]);
    const [read] = await started.store.pairs.pairsOfSignature('catalog', 'odd', 1);
    assert.deepEqual(read?.request, { method: 'GET', target: good, headers: [good, good], body: good });
    assert.equal(read?.reason, good);
    assert.equal(read?.differences[0]?.monolith, good);
  });

  test('Pairs are over the limit on age, number or size, the oldest go', async () => {
    const { pairs: store } = started.store;
    const everything = { ...defaultPairLimits, maxAgeDays: 100_000 };
    const old = pair('old', 0, { at: '2001-01-01T00:00:00.000Z' });
    const big = pair('big', 1000, { request: { ...pair('', 0).request!, body: 'x'.repeat(10_000) } });
    const newest = pair('newest', 2000);
    await store.insert([old, big, newest]);
    const left = async () =>
      Promise.all([old, big, newest].map(async ({ id }) => Boolean(await store.pair(id))));

    await store.prune(everything);
    assert.deepEqual(await left(), [true, true, true]);
    await store.prune({ ...everything, maxAgeDays: 3650 });
    assert.deepEqual(await left(), [false, true, true]);
    await store.prune({ ...everything, maxBytes: 5_000 });
    assert.deepEqual(await left(), [false, false, true]);
    await store.prune({ ...everything, maxPairs: 0 });
    assert.deepEqual(await left(), [false, false, false]);
  });
});
