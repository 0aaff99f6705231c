import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DailyCounts } from '../../../proxy/delivery/daily-counts.ts';
import type { DailyCountsStore } from '../../../proxy/store/daily-counts.ts';
import { silentLog, startTestStore, type TestStore } from './start-test-store.ts';

describe('daily counts', () => {
  let started: TestStore;
  let nowMs = Date.parse('2026-11-24T23:59:00Z');
  const clock = { now: () => nowMs, monotonic: () => nowMs };
  const counting = (store: DailyCountsStore) =>
    new DailyCounts({ store, migrations: () => [{ id: 'billing' }], clock, log: silentLog });

  before(async () => {
    started = await startTestStore();
  });
  after(() => started.stop());

  test('of two replicas add up, by day, and a day on which nobody asked is there, too', async () => {
    const replicas = [counting(started.store.dailyCounts), counting(started.store.dailyCounts)];
    for (const replica of replicas) {
      replica.answered('billing', 1, 10);
      replica.reverse('billing', 'agreed');
    }
    replicas[0]!.reverse('billing', 'differed');
    await Promise.all(replicas.map((replica) => replica.flush()));
    nowMs += 120_000;
    assert.deepEqual(await replicas[0]!.countedDays('billing', 1), [
      {
        ...{ migration: 'billing', day: '2026-11-24', monolithHits: 2, serviceHits: 20 },
        ...{ reverseAgreed: 2, reverseDiffered: 1, reverseIncomparable: 0 },
        lastMonolithHit: '2026-11-24T23:59:00.000Z',
      },
      {
        ...{ migration: 'billing', day: '2026-11-25', monolithHits: 0, serviceHits: 0 },
        ...{ reverseAgreed: 0, reverseDiffered: 0, reverseIncomparable: 0 },
      },
    ]);
    assert.deepEqual(replicas[0]!.drift('billing'), { days: 7, agreed: 2, differed: 1, incomparable: 0 });
    for (const replica of replicas) await replica.close();
  });

  test('that could not be written are kept for the next time', async () => {
    const { dailyCounts } = started.store;
    let isAway = true;
    const replica = counting({
      ...dailyCounts,
      add: (rows) => (isAway ? Promise.reject(new Error('away')) : dailyCounts.add(rows)),
    });
    replica.answered('orders', 3, 0);
    await assert.rejects(replica.flush(), /away/);
    replica.answered('orders', 1, 0);
    isAway = false;
    const [row] = await replica.countedDays('orders', 0);
    assert.deepEqual([row?.monolithHits, row?.lastMonolithHit], [4, '2026-11-25T00:01:00.000Z']);
    await replica.close();
  });
});
