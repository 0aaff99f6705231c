import assert from 'node:assert/strict';
import { test } from 'node:test';
import pino from 'pino';
import { SeriesCounter } from '../../../../proxy/delivery/series/series-counter.ts';
import type { SeriesRow } from '../../../../proxy/store/series-rows.ts';
import { latencyBucket, latencyBuckets, latencyPercentile } from '../../../../proxy/telemetry/latency.ts';
import { addPacked } from '../../../../proxy/telemetry/latency-bytes.ts';

const standing = { asked: 25, allowed: 5, effective: 5, judgedPairs: 10, judgedAgreed: 9 };

function start() {
  const state = {
    nowMs: Date.parse('2026-11-25T10:00:10Z'),
    isAway: false,
    added: [] as SeriesRow[][],
    pruned: 0,
  };
  const counter = new SeriesCounter({
    store: {
      add: async (rows) => {
        if (state.isAway) throw new Error('away');
        state.added.push([...rows]);
      },
      prune: async () => void state.pruned++,
    },
    standings: () => ({
      standings: new Map([['catalog', standing]]),
      progress: { routes: 8, movedRoutes: 3 },
    }),
    clock: { now: () => state.nowMs, monotonic: () => state.nowMs },
    log: pino({ level: 'silent' }),
  });
  return { state, counter };
}

const answers = (requests: number, errors: number, ms: number) => {
  const latency = new Array<number>(latencyBuckets).fill(0);
  latency[latencyBucket(ms)] = requests;
  return { requests, errors, latency };
};
const none = { requests: 0, errors: 0, latency: [] };
const read = (rows: readonly SeriesRow[] | undefined, migration: string): SeriesRow => {
  const row = rows?.find((one) => one.migration === migration);
  assert.ok(row, `no row of "${migration}"`);
  return row;
};

test('what was counted within a minute is one row, with where the migration stands and what the estate had', async () => {
  const { state, counter } = start();
  counter.answered('catalog', { monolith: answers(8, 1, 40), service: answers(2, 0, 10), fallbacks: 0 });
  counter.answered('', { monolith: answers(5, 0, 40), service: none, fallbacks: 0 });
  counter.compared({ migration: 'catalog', control: 'monolith', outcome: 'agreed', serviceMs: 20 });
  counter.compared({
    migration: 'catalog',
    control: 'monolith',
    outcome: 'differed',
    failed: 'both',
    serviceMs: 20,
  });
  counter.compared({ migration: 'catalog', control: 'service', outcome: 'agreed', serviceMs: 20 });
  counter.dropped('catalog', 'proxy_busy', 3);
  counter.dropped('catalog', 'proxy_busy', 1);
  await counter.close();
  const [rows] = state.added;
  const catalog = read(rows, 'catalog');
  assert.equal(new Date(catalog.atMs).toISOString(), '2026-11-25T10:00:00.000Z');
  assert.deepEqual([catalog.monolith.requests, catalog.monolith.errors, catalog.service.requests], [8, 1, 2]);
  assert.deepEqual([catalog.agreed, catalog.differed, catalog.copyErrors], [2, 1, 1]);
  assert.deepEqual(catalog.dropped, { proxy_busy: 4 });
  assert.deepEqual(catalog.standing, standing);
  const latency = new Array<number>(latencyBuckets).fill(0);
  addPacked(latency, catalog.monolith.latency);
  assert.ok(Math.abs(latencyPercentile(latency, 0.5) - 40) < 1.2);
  const estate = read(rows, '');
  assert.deepEqual([estate.monolith.requests, estate.service.requests], [13, 2]);
  assert.deepEqual(estate.progress, { routes: 8, movedRoutes: 3 });
});

test('while Postgres is away minutes wait, and are written by minute when it is back', async () => {
  const { state, counter } = start();
  state.isAway = true;
  for (let minute = 0; minute < 3; minute++) {
    counter.answered('catalog', { monolith: answers(1, 0, 40), service: none, fallbacks: 0 });
    await assert.rejects(counter.flush(), /away/);
    counter.answered('catalog', { monolith: answers(1, 0, 40), service: none, fallbacks: 0 });
    state.nowMs += 60_000;
  }
  state.isAway = false;
  await counter.close();
  const catalog = state.added.flat().filter(({ migration }) => migration === 'catalog');
  assert.deepEqual(
    catalog.map(({ monolith }) => monolith.requests),
    [2, 2, 2, 0],
  );
});

test('Postgres is away for long: the oldest minutes are given up, and memory stays bounded', async () => {
  const { state, counter } = start();
  state.isAway = true;
  for (let minute = 0; minute < 30; minute++) {
    for (let id = 0; id < 500; id++) counter.dropped(`m${id}`, 'proxy_busy', 1);
    state.nowMs += 60_000;
  }
  await assert.rejects(counter.flush(), /away/);
  state.isAway = false;
  await counter.close();
  const rows = state.added.flat();
  assert.equal(rows.length, 12_000);
  assert.ok(rows.every(({ atMs }) => atMs >= Date.parse('2026-11-25T10:06:00Z')));
});

test('who looks twice within seconds has it written once', async () => {
  const { state, counter } = start();
  await counter.fresh();
  await counter.fresh();
  state.nowMs += 5_000;
  await counter.fresh();
  assert.equal(state.added.length, 2);
  assert.equal(state.pruned, 1);
  await counter.close();
});
