import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { PairRow } from '../../../proxy/store/model.ts';
import { createPairWriter, defaultPairWriterLimits } from '../../../proxy/store/pair-writer.ts';
import { useSample } from '../../../proxy/store/pairs.ts';
import { silentLog, startTestStore, type TestStore } from './start-test-store.ts';

let at = Date.parse('2026-11-21T10:00:00Z');

function pair(signature: string, more: Partial<PairRow> = {}): PairRow {
  return {
    id: randomUUID(),
    migration: 'catalog',
    route: 'GET /api/products',
    at: new Date(at++).toISOString(),
    control: 'monolith',
    outcome: 'differed',
    differences: [
      { place: 'status', pattern: 'status', kind: 'value', monolith: '200', service: '500', signature },
    ],
    monolithMs: 1,
    serviceMs: 1,
    request: { method: 'GET', target: '/', headers: [], body: '' },
    monolith: { status: 200, headers: [], body: 'x'.repeat(2_000) },
    service: { status: 500, headers: [], body: '' },
    ...more,
  };
}

describe('the pair writer', () => {
  let started: TestStore;
  before(async () => {
    started = await startTestStore();
  });
  after(() => started.stop());

  /** A writer of its own on the real table, for a Postgres that is there only when the test says so. */
  function writer(
    limits: Partial<typeof defaultPairWriterLimits> = {},
    available = true,
    monotonic: () => number = () => 0,
  ) {
    let listener = () => {};
    const state = { available };
    const made = createPairWriter({
      database: {
        available: () => state.available,
        onAvailable(added) {
          listener = added;
          return () => {};
        },
      },
      pairs: started.store.pairs,
      log: silentLog,
      clock: { monotonic },
      limits: { ...defaultPairWriterLimits, ...limits },
    });
    const comeBack = () => {
      state.available = true;
      listener();
    };
    return { writer: made, comeBack };
  }

  const stored = (signature: string) => started.store.pairs.pairsOfSignature('catalog', signature, 100);

  test('Pairs are added, they are stored in batches; agreed ones are not kept', async () => {
    const { writer: pairWriter } = writer();
    const differed = pair('added');
    pairWriter.add(differed);
    pairWriter.add(pair('added', { outcome: 'agreed', differences: [] }));
    await pairWriter.flush();
    assert.deepEqual(await stored('added'), [differed]);
    assert.deepEqual(pairWriter.counts(), {
      queued: 0,
      queuedBytes: 0,
      written: 1,
      superseded: 0,
      dropped: { 'queue-full': 0, refused: 0, closed: 0 },
    });
  });

  test('An agreed pair that is a sample of what clients ask for, it is kept as one, without what it is of', async () => {
    const { writer: pairWriter } = writer();
    const agreed = pair('none', { outcome: 'agreed', differences: [] });
    const use = 'GET 200 application/json none none';
    pairWriter.add({ ...agreed, use });
    const { request: _, ...counted } = agreed;
    pairWriter.add({ ...counted, id: `${agreed.id}-2`, use });
    await pairWriter.flush();
    assert.deepEqual(await stored(useSample(agreed.route, use)), [agreed]);
  });

  test('Postgres is away and the queue is full, the oldest are dropped, and the newest written when it is back', async () => {
    const { writer: pairWriter, comeBack } = writer({ maxQueued: 3 }, false);
    const added = Array.from({ length: 5 }, () => pair('waiting'));
    for (const one of added) pairWriter.add(one);
    await pairWriter.flush();
    assert.equal(pairWriter.counts().dropped['queue-full'], 2);
    assert.equal(pairWriter.counts().queued, 3);
    comeBack();
    await pairWriter.flush();
    assert.deepEqual(await stored('waiting'), added.slice(2).reverse());
  });

  test('The queue holds too many bytes, the oldest are dropped', () => {
    const { writer: pairWriter } = writer({ maxQueuedBytes: 7_000 }, false);
    for (let i = 0; i < 5; i++) pairWriter.add(pair('bytes'));
    const { queued, queuedBytes, dropped } = pairWriter.counts();
    assert.equal(queued, 2);
    assert.equal(dropped['queue-full'], 3);
    assert.ok(queuedBytes <= 7_000);
  });

  test('One pair of a batch is refused by Postgres, the others are written', async () => {
    const { writer: pairWriter } = writer();
    const good = Array.from({ length: 8 }, () => pair('refusing'));
    const bad = pair('refusing', { at: 'no time' });
    for (const one of [...good.slice(0, 5), bad, ...good.slice(5)]) pairWriter.add(one);
    await pairWriter.flush();
    assert.equal((await stored('refusing')).length, 8);
    assert.equal(pairWriter.counts().dropped.refused, 1);
    assert.equal(pairWriter.counts().written, 8);
  });

  test('A flood shows one difference, only the newest go to Postgres', async () => {
    const { writer: pairWriter } = writer();
    const flood = Array.from({ length: 400 }, () => pair('flood'));
    for (const one of flood) pairWriter.add(one);
    await pairWriter.flush();
    assert.deepEqual(await stored('flood'), flood.slice(-20).reverse());
    assert.equal(pairWriter.counts().superseded, 380);
  });

  test('A flood goes on over many batches, a signature takes up its share of an hour and no more', async () => {
    let nowMs = 0;
    const { writer: pairWriter } = writer({}, true, () => nowMs);
    const flood = async () => {
      for (let i = 0; i < 30; i++) pairWriter.add(pair('flood-goes-on'));
      await pairWriter.flush();
      return (await stored('flood-goes-on')).length;
    };
    assert.equal(await flood(), 20);
    assert.equal(await flood(), 20);
    nowMs += 15 * 60_000;
    assert.equal(await flood(), 25);
  });

  test('Closed with Postgres away, what waits is dropped and counted at once', async () => {
    const { writer: pairWriter } = writer({}, false);
    pairWriter.add(pair('closing'));
    await pairWriter.close(10_000);
    assert.deepEqual([pairWriter.counts().queued, pairWriter.counts().dropped.closed], [0, 1]);
  });

  test('4,000 pairs at once, all of different signatures, are written without a drop', async () => {
    const { writer: pairWriter } = writer();
    const added = Array.from({ length: 4_000 }, (_, i) => pair(`different-${i}`));
    for (const one of added) pairWriter.add(one);
    await pairWriter.flush();
    assert.equal(pairWriter.counts().written, 4_000);
  });
});
