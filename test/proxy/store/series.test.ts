import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { Grid } from '../../../proxy/delivery/series/grid.ts';
import { createSeriesReads } from '../../../proxy/delivery/series/series-reads.ts';
import { wholeEstate } from '../../../proxy/store/series-rows.ts';
import { type SampleWay, sampleMinute } from '../../support/sample-series.ts';
import { startTestStore, type TestStore } from './start-test-store.ts';

const at = (time: string): number => Date.parse(`2026-11-25T${time}:00Z`);
const way: SampleWay = {
  ...{ migration: 'catalog', requestsAMinute: 100, monolithMs: 20, serviceMs: 10 },
  shares: [{ fromMs: 0, percent: 50 }],
};

describe('series', () => {
  let started: TestStore;
  before(async () => {
    started = await startTestStore();
  });
  after(() => started.stop());

  test('of two replicas that write at once add up in every tier', async () => {
    const { series } = started.store;
    const minutes = [at('10:00'), at('10:01')].map((atMs) => sampleMinute(way, atMs));
    const [first, second] = minutes;
    await Promise.all([series.add(minutes), series.add(minutes), series.add([first!])]);
    const read = async (stepSeconds: number) =>
      (await series.read(['catalog'], { stepSeconds, fromMs: at('00:00'), toMs: at('23:00') })).map(
        (row) => ({
          at: new Date(row.atMs).toISOString().slice(11, 16),
          requests: row.monolith.requests,
          effective: row.standing?.effective,
        }),
      );
    const all = first!.monolith.requests * 3 + second!.monolith.requests * 2;
    assert.deepEqual(await read(60), [
      { at: '10:00', requests: first!.monolith.requests * 3, effective: 50 },
      { at: '10:01', requests: second!.monolith.requests * 2, effective: 50 },
    ]);
    for (const [step, begin] of [
      [300, '10:00'],
      [1800, '10:00'],
      [7200, '10:00'],
    ] as const)
      assert.deepEqual(await read(step), [{ at: begin, requests: all, effective: 50 }]);
  });

  test('are read with gaps where nothing was counted, percentiles of both sides, and what moved the migration', async () => {
    const { store } = started;
    const orders = { ...way, migration: 'orders' };
    await store.series.add([at('12:00'), at('12:01'), at('12:03')].map((atMs) => sampleMinute(orders, atMs)));
    const entry = (time: string, action: string, more: object) =>
      store.audit.append(randomUUID(), {
        ...{ at: new Date(at(time)).toISOString(), actor: 'cli:ada', action, reason: 'so', detail: {} },
        ...more,
      });
    await entry('11:00', 'promote', { migration: 'orders', detail: { from: 0, to: 1 } });
    await entry('12:01', 'promote', { migration: 'orders', detail: { from: 1, to: 5 } });
    await entry('12:02', 'verdict', { migration: 'orders' });
    await entry('12:02', 'promote', { migration: 'other' });
    await entry('12:03', 'kill', {});
    const reads = createSeriesReads({ store: store.series, audit: store.audit, fresh: async () => {} });
    const grid: Grid = { fromMs: at('12:00'), stepSeconds: 60, points: 5 };
    const found = await reads.migration('orders', grid);
    assert.deepEqual(
      found.service.requests.map((value) => value !== null),
      [true, true, false, true, false],
    );
    assert.deepEqual(found.share.effective, [50, 50, null, 50, null]);
    const [p50 = 0, p95 = 0, p99 = 0] = [
      found.monolith.p50Ms[0]!,
      found.monolith.p95Ms[0]!,
      found.monolith.p99Ms[0]!,
    ];
    assert.ok(p50 > 18 && p50 < 30 && p95 > p50 && p99 > p95, `${p50} ${p95} ${p99}`);
    assert.ok(found.copies.p99Ms[0]! > 0);
    assert.ok(found.agreement.atLeast[0]! < found.agreement.ratio[0]!);
    assert.deepEqual(
      found.markers.map(({ action, from, to }) => [action, from, to]),
      [
        ['promote', 1, 5],
        ['kill', undefined, undefined],
      ],
    );
    const [sparks] = (await reads.sparklines(['orders', 'nobody'], grid)).migrations;
    assert.deepEqual(sparks?.service.p99Ms, found.service.p99Ms);
  });

  test('of the estate are its own, and what a tier no longer keeps is dropped', async () => {
    const { series, audit } = started.store;
    const now = Date.now();
    const hourAgo = now - 3_600_000;
    await series.add([
      sampleMinute({ ...way, migration: wholeEstate, routes: 8 }, hourAgo - 4 * 86_400_000),
      sampleMinute({ ...way, migration: wholeEstate, routes: 8 }, hourAgo),
    ]);
    await series.prune(now);
    const reads = createSeriesReads({ store: series, audit, fresh: async () => {} });
    const counted = async (stepSeconds: number): Promise<number> => {
      const points = Math.ceil((5 * 86_400) / stepSeconds);
      const fromMs = Math.floor((now - 5 * 86_400_000) / (stepSeconds * 1000) + 1) * stepSeconds * 1000;
      const { routes } = await reads.estate({ fromMs, stepSeconds, points });
      const moved = routes.moved.filter((value) => value !== null);
      assert.ok(moved.every((value) => value === 4));
      return moved.length;
    };
    assert.deepEqual([await counted(60), await counted(300), await counted(1800)], [1, 2, 2]);
  });
});
