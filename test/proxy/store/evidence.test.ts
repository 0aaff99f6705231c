import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { RouteCountsRow, SignatureCountsRow } from '../../../proxy/store/model.ts';
import { startTestStore, type TestStore } from './start-test-store.ts';

const key = { migration: 'catalog', monolithBuild: 'm1', serviceBuild: 's1', rulesHash: 'r1' };
const route: RouteCountsRow = {
  ...key,
  route: 'GET /api/products',
  agreed: 5,
  differed: 2,
  incomparable: 1,
  askedTwice: 3,
  monolithLatency: [1, 0, 4],
  serviceLatency: [0, 8],
};
const none = { routes: [], signatures: [], sets: [], coverage: [] };
const signature: SignatureCountsRow = {
  ...key,
  signature: 'abc',
  route: route.route,
  place: 'body:/price',
  kind: 'value',
  pairs: 2,
  twiceBoth: 1,
  twiceService: 0,
  twiceMonolith: 2,
  firstSeen: '2026-11-21T10:00:00.000Z',
  lastSeen: '2026-11-21T10:05:00.000Z',
  monolith: '19.99',
  service: '20',
};

describe('counted evidence', () => {
  let started: TestStore;
  before(async () => {
    started = await startTestStore();
  });
  after(() => started.stop());

  test('Increments are added up, latencies bucket by bucket', async () => {
    const { evidence } = started.store;
    await evidence.add(randomUUID(), { ...none, routes: [route], signatures: [signature] });
    const more = { ...route, agreed: 10, monolithLatency: [1], serviceLatency: [1, 1, 1, 1] };
    const stands = await evidence.add(randomUUID(), { ...none, routes: [more], signatures: [signature] });
    assert.deepEqual(stands.routes, [
      {
        ...route,
        agreed: 15,
        differed: 4,
        incomparable: 2,
        askedTwice: 6,
        monolithLatency: [2, 0, 4],
        serviceLatency: [1, 9, 1, 1],
      },
    ]);
    assert.deepEqual(stands.signatures, [{ ...signature, pairs: 4, twiceBoth: 2, twiceMonolith: 4 }]);
    assert.deepEqual(await evidence.read(key), stands);
  });

  test('Ten writers add at once, nothing is lost and nobody waits in a circle', async () => {
    const { evidence } = started.store;
    const busy = { ...key, migration: 'busy' };
    const routes = ['a', 'b', 'c', 'd'].map((name) => ({ ...route, ...busy, route: name, agreed: 1 }));
    const orders = [routes, routes.toReversed()];
    await Promise.all(
      Array.from({ length: 10 }, (_, i) => evidence.add(randomUUID(), { ...none, routes: orders[i % 2]! })),
    );
    const { routes: counted } = await evidence.read(busy);
    assert.deepEqual(
      counted.map(({ agreed }) => agreed),
      [10, 10, 10, 10],
    );
  });

  test('Pairs of several rules and builds come in one hour, they are added up for each build of the service', async () => {
    const { evidence, signatureHours } = started.store;
    const own = { ...key, migration: 'hours' };
    const of = (more: object) => ({
      routes: [{ ...route, ...own, ...more }],
      signatures: [{ ...signature, ...own, ...more }],
    });
    const added = [of({}), of({ rulesHash: 'r2' }), of({ serviceBuild: 's2' })];
    const sent = randomUUID();
    for (const id of [sent, sent])
      await evidence.add(id, {
        ...none,
        routes: added.flatMap(({ routes }) => routes),
        signatures: added.flatMap(({ signatures }) => signatures),
      });
    await evidence.add(randomUUID(), { ...none, routes: [{ ...route, ...own, agreed: 10 }] });
    const hours = await signatureHours.of('hours', 'abc', route.route, '2020-01-01T00:00:00Z');
    assert.deepEqual(hours.map(({ hour: _hour, ...counts }) => counts).slice(0, 2), [
      { serviceBuild: 's1', pairs: 4, routePairs: 29, askedTwice: { pairs: 9, service: 2, monolith: 6 } },
      { serviceBuild: 's2', pairs: 2, routePairs: 8, askedTwice: { pairs: 3, service: 1, monolith: 3 } },
    ]);
    assert.equal(new Date(hours[0]!.hour).getUTCMinutes(), 0);
    assert.deepEqual(await signatureHours.of('hours', 'abc', route.route, '2999-01-01T00:00:00Z'), []);
  });

  test('An increment is sent again because its answer got lost, it counts once and says how things stand', async () => {
    const { evidence } = started.store;
    const once = { ...key, migration: 'once' };
    const rows = {
      routes: [{ ...route, ...once }],
      signatures: [{ ...signature, ...once }],
      sets: [{ ...once, route: route.route, signatures: ['abc', 'def'], pairs: 2 }],
      coverage: [
        { ...once, route: route.route, dimension: 'status', value: '2xx', compared: 7, incomparable: 1 },
      ],
    };
    const id = randomUUID();
    const first = await evidence.add(id, rows);
    assert.deepEqual(await evidence.add(id, rows), first);
    assert.deepEqual(await evidence.read(once), first);
  });

  test('Another build counts on its own', async () => {
    const { evidence } = started.store;
    const next = { ...key, serviceBuild: 's2' };
    assert.deepEqual(await evidence.read(next), none);
  });

  test('An older sample comes late, the texts of the newer one stay', async () => {
    const { evidence } = started.store;
    const late = { ...key, migration: 'late' };
    const newer = { ...signature, ...late };
    const older = {
      ...newer,
      firstSeen: '2026-11-21T09:00:00.000Z',
      lastSeen: '2026-11-21T09:01:00.000Z',
      service: '1',
    };
    await evidence.add(randomUUID(), { ...none, signatures: [newer] });
    const { signatures } = await evidence.add(randomUUID(), { ...none, signatures: [older] });
    assert.deepEqual(signatures, [
      { ...newer, pairs: 4, twiceBoth: 2, twiceMonolith: 4, firstSeen: older.firstSeen },
    ]);
  });

  test('A side has no text and another has text Postgres refuses, both are kept', async () => {
    const { evidence } = started.store;
    const odd = { ...key, migration: 'odd' };
    const { monolith: _, ...extra } = { ...signature, ...odd, service: 'a\0\ud800' };
    const { signatures } = await evidence.add(randomUUID(), { ...none, signatures: [extra] });
    assert.deepEqual(signatures, [{ ...extra, service: 'a\\u0000\\ud800' }]);
  });

  test('Signatures are listed most pairs first, with all pairs of their route, for the key asked for', async () => {
    const { evidence, signatures } = started.store;
    const ranked = { ...key, migration: 'ranked' };
    const rare = { ...signature, ...ranked, signature: 'rare', pairs: 1 };
    const frequent = { ...signature, ...ranked, signature: 'frequent', pairs: 3 };
    const otherBuild = { ...signature, ...ranked, serviceBuild: 's2', signature: 'old' };
    await evidence.add(randomUUID(), {
      ...none,
      routes: [{ ...route, ...ranked }],
      signatures: [rare, frequent, otherBuild],
    });
    const rows = await signatures.listSignatures(ranked);
    assert.deepEqual(
      rows.map(({ signature, pairs, routePairs }) => ({ signature, pairs, routePairs })),
      [
        { signature: 'frequent', pairs: 3, routePairs: 8 },
        { signature: 'rare', pairs: 1, routePairs: 8 },
      ],
    );
    assert.equal((await signatures.listSignatures({ migration: 'ranked' })).length, 3);
    assert.equal((await signatures.listSignatures({ migration: 'ranked', serviceBuild: 's2' })).length, 1);
  });

  test('Evidence from before the limit is dropped, newer stays', async () => {
    const { evidence } = started.store;
    await evidence.prune('2026-11-21T09:30:00.000Z');
    assert.equal((await evidence.read(key)).signatures.length, 1);
    await evidence.prune('2999-01-01T00:00:00.000Z');
    assert.deepEqual(await evidence.read(key), none);
  });
});
