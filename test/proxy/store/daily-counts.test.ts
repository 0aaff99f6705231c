import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DailyCounts } from '../../../proxy/delivery/daily-counts.ts';
import { createDailyCountsStore, type DailyCountsStore } from '../../../proxy/store/daily-counts.ts';
import type { Database } from '../../../proxy/store/database.ts';
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

  test('are written where something was counted, and once at the beginning of a day', async () => {
    const added: number[] = [];
    const replica = counting({
      add: async (rows) => void added.push(rows.length),
      since: async () => [],
    });
    for (let i = 0; i < 3; i++) await replica.flush();
    assert.deepEqual(added, [1]);
    replica.answered('billing', 0, 1);
    for (let i = 0; i < 3; i++) await replica.flush();
    assert.deepEqual(added, [1, 1]);
    nowMs += 86_400_000;
    for (let i = 0; i < 3; i++) await replica.flush();
    nowMs -= 86_400_000;
    assert.deepEqual(added, [1, 1, 1]);
    await replica.close();
  });

  test('that are added lock their rows in one order, and old ones are deleted once a day', async () => {
    const asked: string[] = [];
    let isAway = true;
    const query = async (text: string, values: readonly unknown[] = []) => {
      asked.push(text.startsWith('delete') ? 'delete' : `${values[0]} ${values[1]}`);
      return [];
    };
    const transaction = async (work: (ask: typeof query) => Promise<unknown>) => {
      await work(query);
      if (isAway) throw new Error('away');
    };
    const store = createDailyCountsStore({ query, transaction } as unknown as Database);
    const counts = {
      ...{ monolithHits: 1, serviceHits: 0 },
      ...{ reverseAgreed: 0, reverseDiffered: 0, reverseIncomparable: 0 },
    };
    const rows = (...keys: string[]) =>
      keys.map((key) => {
        const [migration, day] = key.split(' ') as [string, string];
        return { migration, day, counts };
      });
    const two = rows('b 2026-11-25', 'a 2026-11-25', 'b 2026-11-24');
    const sorted = ['a 2026-11-25', 'b 2026-11-24', 'b 2026-11-25'];
    await assert.rejects(store.add(two), /away/);
    isAway = false;
    await store.add(two);
    await store.add(two);
    await store.add(rows('a 2026-11-26'));
    assert.deepEqual(asked, [
      ...[...sorted, 'delete'],
      ...[...sorted, 'delete'],
      ...sorted,
      ...['a 2026-11-26', 'delete'],
    ]);
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
