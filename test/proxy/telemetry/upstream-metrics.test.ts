import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TrafficCounts } from '../../../proxy/data-plane/traffic-counts.ts';
import type { UpstreamReport } from '../../../proxy/data-plane/upstream-health.ts';
import { Metrics } from '../../../proxy/telemetry/metrics.ts';

const state = {
  shares: [],
  workers: 2,
  workerRestarts: 0,
  storeAvailable: true,
  configProblems: 0,
  configRefusals: 0,
  refusedSnapshots: 0,
};

const opened: UpstreamReport = {
  state: 'open',
  transitions: { closed: 0, open: 1, 'half-open': 0 },
  refused: { open: 7, busy: 2, retry: 0, fallback: 1 },
  retries: 3,
};
const quiet: UpstreamReport = {
  state: 'closed',
  transitions: { closed: 0, open: 0, 'half-open': 0 },
  refused: { open: 0, busy: 0, retry: 0, fallback: 0 },
  retries: 0,
};

test('breakers are counted by worker, and a worker that is gone counts no longer', async () => {
  const time = { now: 0 };
  const metrics = new Metrics({ now: () => 0, monotonic: () => time.now });
  const report = (worker: number, catalog: UpstreamReport) =>
    metrics.addReport({ ...new TrafficCounts().take({ catalog }), worker });
  const openWorkers = async () =>
    /^ficus_breaker_open_workers\{upstream="catalog"\} (\d+)$/m.exec(await metrics.render(state))?.[1];

  report(1, opened);
  report(2, quiet);
  assert.equal(await openWorkers(), '1');
  report(2, opened);
  assert.equal(await openWorkers(), '2');
  time.now = 4000;
  report(1, quiet);
  time.now = 6000;
  assert.equal(await openWorkers(), '0');
});

test('transitions, refusals and second tries are counted by upstream', async () => {
  const metrics = new Metrics();
  for (const catalog of [opened, quiet, opened]) metrics.addReport(new TrafficCounts().take({ catalog }));
  const text = await metrics.render(state);
  for (const line of [
    'ficus_breaker_transitions_total{upstream="catalog",to="open"} 2',
    'ficus_upstream_refused_total{upstream="catalog",reason="open"} 14',
    'ficus_upstream_refused_total{upstream="catalog",reason="busy"} 4',
    'ficus_upstream_refused_total{upstream="catalog",reason="fallback"} 2',
    'ficus_retries_total{upstream="catalog"} 6',
  ])
    assert.ok(text.includes(line), `${line} in ${text}`);
});
