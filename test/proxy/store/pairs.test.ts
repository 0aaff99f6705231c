import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import type { PairRow } from '../../../proxy/store/model.ts';
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

  test('Pairs of a signature are read newest first, of one build when it is named', async () => {
    const { pairs: store } = started.store;
    await store.insert(pairs('many', 10));
    await store.insert([pair('many', 20, { serviceBuild: '1.1' }), pair('many', 1)]);
    assert.deepEqual(times(await store.pairsOfSignature('catalog', 'many', 3)), [20, 9, 8]);
    assert.deepEqual(times(await store.pairsOfSignature('catalog', 'many', 3, '1.1')), [20]);
    const [, second] = await store.pairsOfSignature('catalog', 'many', 2);
    assert.deepEqual(times(await store.pairsOfSignature('catalog', 'many', 3, undefined, second)), [8, 7, 6]);
  });

  test('A pair is a sample of both its signatures', async () => {
    const { pairs: store } = started.store;
    const both = pair('left', 0, {
      differences: ['left', 'right'].map((signature) => ({ ...pair('', 0).differences[0]!, signature })),
    });
    await store.insert([both]);
    assert.deepEqual(await store.pairsOfSignature('catalog', 'right', 10), [both]);
    assert.deepEqual(await store.pairsOfSignature('catalog', 'left', 10), [both]);
  });

  test('A pair is inserted again because its answer got lost, it is there once', async () => {
    const { pairs: store } = started.store;
    const written = pair('twice', 0);
    await store.insert([written]);
    await store.insert([written]);
    assert.deepEqual(await store.pairsOfSignature('catalog', 'twice', 10), [written]);
  });

  test('Text that Postgres refuses is in every field, the pair is kept with it', async () => {
    const bad = 'a\0b\ud800';
    const written = pair('odd', 0, {
      id: `${randomUUID()}\0`,
      reason: bad,
      differences: [{ ...pair('odd', 0).differences[0]!, monolith: bad }],
      request: { method: 'GET', target: bad, headers: [bad, bad], body: bad },
    });
    await started.store.pairs.insert([written]);
    const [read] = await started.store.pairs.pairsOfSignature('catalog', 'odd', 1);
    assert.deepEqual(read?.request, written.request);
    assert.equal(read?.reason, 'a\\u0000b\\ud800');
    assert.equal(read?.differences[0]?.monolith, bad);
  });

  test('Pairs come out of the order of time, each finds its partition', async () => {
    const { pairs: store } = started.store;
    const hours = [7, 1, 0, 30, 2].map((hour) => pair('hours', hour * 3600));
    await store.insert(hours);
    assert.deepEqual(
      times(await store.pairsOfSignature('catalog', 'hours', 9)),
      [30, 7, 2, 1, 0].map((h) => h * 3600),
    );
  });

  test('A pair is from the day after tomorrow, it is refused and makes no partition', async () => {
    const at = new Date(Date.now() + 2 * 86_400_000).toISOString();
    await assert.rejects(started.store.pairs.insert([pair('future', 0, { at })]), /from the future/);
  });

  test('Pairs are over the limit on age or size, whole partitions go, the oldest first, and no row is deleted', async () => {
    const { pairs: store } = started.store;
    const everything = { maxAgeDays: 100_000, maxBytes: 1e12 };
    const now = Date.now();
    const ago = (days: number) => pair('aged', 0, { at: new Date(now - days * 86_400_000).toISOString() });
    const [old, middle, newest] = [ago(9_000), ago(400), ago(0)];
    await store.insert([old, middle, newest]);
    const left = async () =>
      Promise.all([old, middle, newest].map(async ({ id }) => Boolean(await store.pair(id))));

    await store.prune(everything);
    assert.deepEqual(await left(), [true, true, true]);
    await store.prune({ ...everything, maxAgeDays: 3650 });
    assert.deepEqual(await left(), [false, true, true]);
    await store.prune({ ...everything, maxBytes: 150_000 });
    assert.deepEqual(await left(), [false, false, true]);
    await store.insert([old]);
    assert.ok(await store.pair(old.id), 'a dropped partition is made again');
    const client = new pg.Client(started.url);
    await client.connect();
    const { rows } = await client.query(
      "select coalesce(sum(n_tup_del), 0)::int as deleted from pg_stat_user_tables where relname ~ '^(pairs|samples)'",
    );
    await client.end();
    assert.equal(rows[0].deleted, 0);
  });
});
