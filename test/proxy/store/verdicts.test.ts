import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import type { VerdictRow } from '../../../proxy/store/model.ts';
import { startTestStore, type TestStore } from './start-test-store.ts';

const verdict: VerdictRow = {
  migration: 'catalog',
  monolithBuild: 'm1',
  serviceBuild: '1.4.0',
  rulesHash: 'r1',
  signature: 'ab12',
  route: 'GET /api/products',
  place: 'body:/price',
  kind: 'value',
  verdict: 'expected',
  owner: 'team-catalog',
  reason: 'prices get cents',
  until: '2026-12-31T23:59:59.999Z',
  at: '2026-11-24T10:00:00.000Z',
  actor: 'cli:anna',
  pairs: 12,
  routePairs: 340,
};

describe('verdicts', () => {
  let started: TestStore;
  before(async () => {
    started = await startTestStore();
  });
  after(() => started.stop());

  test('A signature is judged twice, the newest counts and both stay', async () => {
    const { verdicts } = started.store;
    const [first] = await verdicts.add([verdict]);
    assert.deepEqual(first, { ...verdict, seq: first!.seq });
    const { until: _, ...forEver } = verdict;
    const bug: VerdictRow = {
      ...forEver,
      verdict: 'bug',
      reason: 'it was none',
      at: '2026-11-24T11:00:00.000Z',
    };
    const [second] = await verdicts.add([bug]);
    await verdicts.add([{ ...verdict, migration: 'billing' }]);
    assert.deepEqual(await verdicts.history('catalog', 'ab12'), [second, first]);
    const newest = await verdicts.newest();
    assert.deepEqual(
      newest.find(({ migration }) => migration === 'catalog'),
      second,
    );
    assert.equal(newest.length, 2);
  });

  test('Verdicts are taken back one after the other, each time the one before holds again, at last none', async () => {
    const { verdicts } = started.store;
    const mine = { ...verdict, migration: 'undone' };
    const undo = async (seq: number) => {
      const by = { actor: 'cli:bob', reason: 'a slip', at: '2026-11-24T12:00:00.000Z' };
      const done = await verdicts.undo({
        ...by,
        migration: 'undone',
        verdicts: [{ signature: 'ab12', seq }],
      });
      return 'conflicts' in done ? done : done[0]!;
    };
    const inForce = async () => (await verdicts.newest()).find(({ migration }) => migration === 'undone');
    const [expected, bug] = await verdicts.add([mine, { ...mine, verdict: 'bug', serviceBuild: '1.5.0' }]);
    assert.deepEqual(await undo(expected!.seq), { conflicts: ['ab12'] });
    const once = await undo(bug!.seq);
    assert.ok('added' in once);
    // What holds again keeps the build that it was judged in.
    const { seq } = once.added;
    const restored = {
      ...expected!,
      seq,
      actor: 'cli:bob',
      at: '2026-11-24T12:00:00.000Z',
      undoes: bug!.seq,
    };
    assert.deepEqual(once, { undone: bug, added: restored });
    assert.deepEqual(await inForce(), restored);

    const twice = await undo(seq);
    assert.ok('added' in twice);
    assert.deepEqual(
      [twice.undone, twice.added.verdict, twice.added.reason],
      [expected, 'withdrawn', 'a slip'],
    );
    assert.equal(await inForce(), undefined);
    assert.deepEqual(await undo(twice.added.seq), { conflicts: ['ab12'] });
    assert.equal((await verdicts.history('undone', 'ab12')).length, 4);
  });

  test('One of several can not be taken back, none is', async () => {
    const { verdicts } = started.store;
    const two = ['one', 'two'].map((signature) => ({ ...verdict, migration: 'both', signature }));
    const [one, other] = await verdicts.add(two);
    const done = await verdicts.undo({
      migration: 'both',
      verdicts: [
        { signature: 'one', seq: one!.seq },
        { signature: 'two', seq: other!.seq + 1 },
      ],
      ...{ actor: 'cli:bob', reason: 'a slip', at: verdict.at },
    });
    assert.deepEqual(done, { conflicts: ['two'] });
    assert.deepEqual(await verdicts.history('both', 'one'), [one]);
  });

  test('Somebody deletes or changes a verdict, Postgres refuses', async () => {
    const client = new pg.Client(started.url);
    await client.connect();
    try {
      for (const sql of [
        'delete from ficus.verdicts',
        "update ficus.verdicts set owner = 'x'",
        'truncate ficus.verdicts',
      ])
        await assert.rejects(client.query(sql), /append-only/);
    } finally {
      await client.end();
    }
  });
});
