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
    assert.deepEqual(await verdicts.add(verdict), verdict);
    const { until: _, ...forEver } = verdict;
    const bug: VerdictRow = {
      ...forEver,
      verdict: 'bug',
      reason: 'it was none',
      at: '2026-11-24T11:00:00.000Z',
    };
    await verdicts.add(bug);
    await verdicts.add({ ...verdict, migration: 'billing' });
    assert.deepEqual(await verdicts.history('catalog', 'ab12'), [bug, verdict]);
    const newest = await verdicts.newest();
    assert.deepEqual(
      newest.find(({ migration }) => migration === 'catalog'),
      bug,
    );
    assert.equal(newest.length, 2);
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
