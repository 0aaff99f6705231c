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
  certificateNotAfter: undefined,
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
    /^ficus_breaker_open_workers\{upstream="catalog",traffic="clients"\} (\d+)$/m.exec(
      await metrics.render(state),
    )?.[1];

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
    'ficus_breaker_transitions_total{upstream="catalog",traffic="clients",to="open"} 2',
    'ficus_upstream_refused_total{upstream="catalog",traffic="clients",reason="open"} 14',
    'ficus_upstream_refused_total{upstream="catalog",traffic="clients",reason="busy"} 4',
    'ficus_upstream_refused_total{upstream="catalog",traffic="clients",reason="fallback"} 2',
    'ficus_retries_total{upstream="catalog",traffic="clients"} 6',
  ])
    assert.ok(text.includes(line), `${line} in ${text}`);
});

test('what copies meet is told apart from what clients do', async () => {
  const metrics = new Metrics();
  metrics.addReport(new TrafficCounts().take({ catalog: quiet }, { catalog: opened }));
  const text = await metrics.render(state);
  for (const line of [
    'ficus_breaker_open_workers{upstream="catalog",traffic="clients"} 0',
    'ficus_breaker_open_workers{upstream="catalog",traffic="copies"} 1',
    'ficus_breaker_transitions_total{upstream="catalog",traffic="copies",to="open"} 1',
  ])
    assert.ok(text.includes(line), `${line} in ${text}`);
});

test('the end of the certificate is a figure in Unix time, and none without TLS', async () => {
  const metrics = new Metrics();
  assert.ok(!(await metrics.render(state)).includes('ficus_certificate'));
  const text = await metrics.render({ ...state, certificateNotAfter: Date.UTC(2030, 0, 1) });
  assert.ok(text.includes(`ficus_certificate_not_after_seconds ${Date.UTC(2030, 0, 1) / 1000}\n`));
});

test('handshakes that came to nothing are counted', async () => {
  const metrics = new Metrics();
  const counts = new TrafficCounts();
  counts.handshakeFailed();
  metrics.addReport(counts.take());
  metrics.addReport(counts.take());
  assert.ok((await metrics.render(state)).includes('ficus_tls_handshake_failures_total 1\n'));
});
