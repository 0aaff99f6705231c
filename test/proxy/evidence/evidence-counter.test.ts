import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { createEvidenceCounter, type EvidenceCounter } from '../../../proxy/evidence/evidence-counter.ts';
import type { EvidenceKey } from '../../../proxy/evidence/model.ts';
import type { ComparedPair, Difference } from '../../../proxy/shadow/pair.ts';
import { StoreAway } from '../../../proxy/store/database.ts';
import type { EvidenceStore } from '../../../proxy/store/evidence.ts';
import { latencyPercentile } from '../../../proxy/telemetry/latency.ts';
import { silentLog, startTestStore, type TestStore } from '../store/start-test-store.ts';

const pair: ComparedPair = {
  id: 'p',
  migration: 'catalog',
  route: 'GET /api/products',
  at: '2026-11-21T10:00:00.000Z',
  control: 'monolith',
  outcome: 'agreed',
  differences: [],
  monolithMs: 40,
  serviceMs: 10,
};
const price = {
  place: 'body:/items/3/price',
  pattern: 'body:/items/*/price',
  kind: 'value',
  monolith: '19.99',
  service: '20',
  signature: 'ab12',
} as const;
const differing: ComparedPair = {
  ...pair,
  outcome: 'differed',
  differences: [price, { ...price, place: 'body:/items/4/price' }],
};
const incomparable: ComparedPair = { ...pair, outcome: 'incomparable', serviceMs: 1000, reason: 'timed out' };

describe('the evidence counter', () => {
  let started: TestStore;
  const counters: EvidenceCounter[] = [];
  let keys = 0;

  before(async () => {
    started = await startTestStore();
  });
  after(() => started.stop());
  afterEach(async () => {
    for (const counter of counters.splice(0)) await counter.close();
  });

  /** A migration that no other test counts for. */
  const freshKey = (): EvidenceKey => ({
    migration: `catalog-${keys++}`,
    monolithBuild: 'm1',
    serviceBuild: 's1',
    rulesHash: 'r1',
  });

  /** A replica's counter on the one real store, which is away when the test says so. */
  function replica(more: { limits?: object; evidence?: Partial<EvidenceStore> } = {}) {
    const state = { available: true, nowMs: 1 };
    const counter = createEvidenceCounter({
      store: {
        available: () => state.available,
        onAvailable: () => () => {},
        evidence: { ...started.store.evidence, ...more.evidence },
      },
      log: silentLog,
      clock: { now: Date.now, monotonic: () => state.nowMs },
      everyMs: 3_600_000,
      limits: more.limits ?? {},
    });
    counters.push(counter);
    return { counter, state };
  }

  const total = (counter: EvidenceCounter, key: EvidenceKey) =>
    counter
      .counts(key)
      .routes.map(({ agreed, differed, incomparable: other }) => [agreed, differed, other])[0];

  test('Pairs are recorded, they count at once by route, by signature and by latency', () => {
    const { counter } = replica();
    const key = freshKey();
    for (const one of [pair, pair, differing, incomparable]) counter.record(one, key);
    const { routes, signatures, latency } = counter.counts(key);
    assert.deepEqual(routes, [{ route: pair.route, agreed: 2, differed: 1, incomparable: 1, askedTwice: 0 }]);
    assert.deepEqual(
      signatures.map(({ signature, place, pairs }) => [signature, place, pairs]),
      [['ab12', 'body:/items/*/price', 1]],
    );
    assert.equal(
      latency.monolith.reduce((sum, pairs) => sum + pairs, 0),
      3,
    );
    assert.ok(Math.abs(latencyPercentile(latency.monolith, 0.99) / 40 - 1) < 0.03);
    assert.ok(Math.abs(latencyPercentile(latency.service, 0.99) / 10 - 1) < 0.03);
  });

  test('Pairs were asked twice, the counter knows in which comparisons a signature shows, also anew from the store', async () => {
    const key = freshKey();
    const { counter: first } = replica();
    const again = (...differences: Difference[]) => ({
      outcome: differences.length === 0 ? ('agreed' as const) : ('differed' as const),
      differences,
    });
    const other = { ...price, signature: 'cd34' };
    first.record({ ...differing, again: again(price) }, key);
    first.record({ ...differing, again: again() }, key);
    first.record({ ...pair, again: again(price, other) }, key);
    first.record({ ...differing, again: { outcome: 'incomparable', differences: [] } }, key);
    first.record({ ...incomparable, again: again(price) }, key);
    await first.close();
    const { counter } = replica();
    counter.counts(key);
    await counter.synchronise();
    const { routes, signatures, sets } = counter.counts(key);
    assert.equal(routes[0]?.askedTwice, 3);
    assert.deepEqual(
      signatures
        .map((one) => [one.signature, one.pairs, one.twiceBoth, one.twiceService, one.twiceMonolith])
        .sort(),
      [
        ['ab12', 3, 1, 1, 1],
        ['cd34', 0, 0, 0, 1],
      ],
    );
    assert.deepEqual(sets, [{ route: pair.route, signatures: ['ab12'], pairs: 3 }]);
  });

  test('More values of a dimension come than there is room for, the others are counted together', () => {
    const { counter } = replica({ limits: { maxCoverageValues: 2 } });
    const key = freshKey();
    for (const query of ['a', 'b', 'c', 'd', 'a']) {
      const coverage = {
        method: 'GET',
        status: '2xx',
        type: 'none',
        query,
        use: `GET 200 none ${query} none`,
      };
      counter.record({ ...pair, coverage }, key);
    }
    const queries = counter.counts(key).coverage.filter(({ dimension }) => dimension === 'query');
    assert.deepEqual(
      queries.map(({ value, compared }) => [value, compared]),
      [
        ['a', 2],
        ['b', 1],
        ['other', 2],
      ],
    );
  });

  test('There is no room for a signature, a pair with it makes no set, which could count as agreeing', () => {
    const { counter } = replica({ limits: { maxSignaturesPerKey: 1 } });
    const key = freshKey();
    counter.record(differing, key);
    counter.record({ ...differing, differences: [price, { ...price, signature: 'cd34' }] }, key);
    assert.deepEqual(
      counter.counts(key).sets.map(({ signatures, pairs }) => [signatures, pairs]),
      [[['ab12'], 1]],
    );
  });

  test('Another build or other rules count anew', () => {
    const { counter } = replica();
    const key = freshKey();
    counter.record(pair, key);
    assert.deepEqual(counter.counts({ ...key, serviceBuild: 's2' }).routes, []);
    assert.deepEqual(counter.counts({ ...key, rulesHash: 'r2' }).routes, []);
  });

  test('Ficus starts anew, it goes on from what the store has', async () => {
    const key = freshKey();
    const { counter: first } = replica();
    for (const one of [pair, differing, incomparable]) first.record(one, key);
    const before = first.counts(key);
    await first.close();
    const { counter: second } = replica();
    assert.equal(second.counts(key).isLoaded, false);
    await second.synchronise();
    assert.deepEqual(second.counts(key), { ...before, isLoaded: true });
    second.record(pair, key);
    assert.deepEqual(total(second, key), [2, 1, 1]);
  });

  test('Two replicas count, each sees the sum in the end', async () => {
    const key = freshKey();
    const [a, b] = [replica(), replica()];
    for (const { counter } of [a, b, a]) {
      counter.record(pair, key);
      counter.record(differing, key);
      await counter.synchronise();
    }
    for (const { counter, state } of [a, b]) {
      state.nowMs += 4_000;
      await counter.synchronise();
      assert.deepEqual(total(counter, key), [3, 3, 0]);
    }
    assert.equal(b.counter.counts(key).signatures[0]?.pairs, 3);
  });

  test('Two replicas count, neither sees differences of the other without the signatures that may excuse them', async () => {
    const key = freshKey();
    const [first, second] = [replica(), replica()];
    first.counter.counts(key);
    await first.counter.synchronise();
    second.counter.record(differing, key);
    await second.counter.synchronise();
    first.counter.record(pair, key);
    await first.counter.synchronise();
    const { routes, sets } = first.counter.counts(key);
    assert.deepEqual(
      routes.map(({ differed }) => differed),
      [sets.reduce((sum, { pairs }) => sum + pairs, 0)],
    );
  });

  test('The store is away, counts are held, and are in it when it is back', async () => {
    const key = freshKey();
    const { counter, state } = replica();
    state.available = false;
    for (let i = 0; i < 500; i++) counter.record(pair, key);
    await counter.synchronise();
    assert.deepEqual(total(counter, key), [500, 0, 0]);
    assert.deepEqual(counter.stats(), { heldPairs: 500, lostPairs: 0 });
    state.available = true;
    await counter.synchronise();
    assert.deepEqual(counter.stats(), { heldPairs: 0, lostPairs: 0 });
    assert.deepEqual(total(counter, key), [500, 0, 0]);
    assert.equal((await started.store.evidence.read(key)).routes[0]?.agreed, 500);
  });

  test('The store counted an increment but its answer got lost, it counts once', async () => {
    const key = freshKey();
    let answers = false;
    const { counter } = replica({
      evidence: {
        async add(id, rows) {
          const stands = await started.store.evidence.add(id, rows);
          if (answers) return stands;
          throw new StoreAway('Connection terminated unexpectedly');
        },
      },
    });
    counter.record(pair, key);
    await counter.synchronise();
    assert.equal(counter.stats().heldPairs, 1);
    answers = true;
    counter.record(pair, key);
    await counter.synchronise();
    await counter.synchronise();
    assert.deepEqual(total(counter, key), [2, 0, 0]);
    assert.equal((await started.store.evidence.read(key)).routes[0]?.agreed, 2);
  });

  test('An increment never arrived, it is sent again with what came after it', async () => {
    const key = freshKey();
    let isThere = false;
    const { counter } = replica({
      evidence: {
        async add(id, rows) {
          if (isThere) return started.store.evidence.add(id, rows);
          throw new StoreAway('connect ECONNREFUSED');
        },
      },
    });
    counter.record(pair, key);
    await counter.synchronise();
    isThere = true;
    counter.record(differing, key);
    await counter.synchronise();
    await counter.synchronise();
    assert.deepEqual(total(counter, key), [1, 1, 0]);
    assert.equal((await started.store.evidence.read(key)).routes[0]?.agreed, 1);
  });

  test('Pairs are recorded while an increment is on its way, none is lost or doubled in between', async () => {
    const key = freshKey();
    const { counter } = replica({
      evidence: {
        async add(id, rows) {
          counter.record(pair, key);
          assert.deepEqual(total(counter, key), [2, 0, 0]);
          return started.store.evidence.add(id, rows);
        },
      },
    });
    counter.record(pair, key);
    await counter.synchronise();
    assert.deepEqual(total(counter, key), [2, 0, 0]);
  });

  test('Postgres refuses what was counted, it is given up and the next counts go through', async () => {
    const key = freshKey();
    const { counter } = replica();
    counter.record({ ...differing, at: 'no time' }, key);
    await counter.synchronise();
    assert.deepEqual(counter.stats(), { heldPairs: 0, lostPairs: 1 });
    counter.record(pair, key);
    await counter.synchronise();
    assert.deepEqual(total(counter, key), [1, 0, 0]);
  });

  test('A service makes up signatures without end, a bounded number is kept and the known ones go on counting', () => {
    const key = freshKey();
    const { counter } = replica({ limits: { maxSignaturesPerKey: 10 } });
    for (let i = 0; i < 50; i++) {
      const signature = `s${i % 25}`;
      counter.record({ ...differing, differences: [{ ...price, signature }] }, key);
    }
    const { signatures } = counter.counts(key);
    assert.equal(signatures.length, 10);
    assert.ok(signatures.every(({ pairs }) => pairs === 2));
    assert.deepEqual(total(counter, key), [0, 50, 0]);
  });

  test('Keys come and go without end, the longest unused are let go, those with counts to keep last', () => {
    const { counter, state } = replica({ limits: { maxKeys: 3 } });
    state.available = false;
    const counted = freshKey();
    counter.record(pair, counted);
    for (let i = 0; i < 10; i++) {
      state.nowMs++;
      counter.counts(freshKey());
    }
    assert.deepEqual(total(counter, counted), [1, 0, 0]);
    for (let i = 0; i < 3; i++) {
      state.nowMs++;
      counter.record(pair, freshKey());
    }
    assert.deepEqual(counter.stats(), { heldPairs: 3, lostPairs: 1 });
  });

  test('A build has a name that Postgres refuses, its counts find back', async () => {
    const key = { ...freshKey(), serviceBuild: '1.0\0\ud800' };
    const { counter } = replica();
    counter.record(pair, key);
    await counter.synchronise();
    counter.record(pair, key);
    await counter.synchronise();
    assert.deepEqual(total(counter, key), [2, 0, 0]);
  });
});
