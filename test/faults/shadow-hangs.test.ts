import assert from 'node:assert/strict';
import { test } from 'node:test';
import { snapshotOf } from '../proxy/data-plane/test-estate.ts';
import { sampleMigration } from '../proxy/routing/sample-routing.ts';
import { RawClient } from '../support/raw-client.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { ScriptedUpstream } from '../support/scripted-upstream.ts';
import { until } from '../support/until.ts';
import { UpstreamProcess } from '../support/upstream-process.ts';
import { WorkerProcess } from '../support/worker-process.ts';
import { startShadowEstate, sum } from './shadow-estate.ts';

const get = 'GET /a HTTP/1.1\r\nHost: shop\r\n\r\n';
const breaker = { failures: 5, windowMs: 10_000, openMs: 60_000, counts: 'any' } as const;

test('a shadow upstream that stops costs its copies, counted, and no client anything', async () => {
  await using service = await UpstreamProcess.start({ name: 'service' });
  await using shadow = await startShadowEstate({ service: service.port, serviceUpstream: { breaker } });
  await shadow.ask(200);
  await shadow.estate.pairCount(200);
  service.signal('SIGSTOP');
  const tookMs = await shadow.ask(1000);
  // Nobody waited for a copy, which takes its whole second.
  assert.ok(tookMs.at(-1)! < 900, `the slowest answer took ${tookMs.at(-1)} ms`);
  await until('its breaker rests it', () => (shadow.dropped()['copies_open'] ?? 0) > 0);
  assert.equal((await shadow.ask(100)).length, 100);
  await until(
    'every copy is a pair or counted',
    () => shadow.estate.pairs.length + sum(shadow.dropped()) === 1300,
  );
  const timedOut = shadow.estate.pairs.filter(({ service }) => service.outcome === 'timed-out');
  assert.ok(timedOut.length >= 5 && timedOut.length <= 32 + 32, `${timedOut.length} were waited for`);
  service.signal('SIGCONT');
  shadow.assertLedger();
});

test('a shadow upstream that is slower than clients come has a bounded queue, and memory stays flat', async () => {
  const goOn = Promise.withResolvers<void>();
  let asked = 0;
  await using service = await ScriptedUpstream.start(async (connection) => {
    for (;;) {
      await connection.request();
      asked++;
      await goOn.promise;
      connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    }
  });
  // The copies of all requests would hold 90 MB.
  const answer = `HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n${'x'.repeat(60_000)}`;
  await using monolith = await RecordingUpstream.start(answer);
  const options = {
    monolith: monolith.port,
    service: service.port,
    shares: {},
    serviceUpstream: { responseTimeoutMs: 120_000 },
    migration: { shadow: { ...sampleMigration('catalog', []).shadow, timeoutMs: 120_000 } },
  };
  await using worker = await WorkerProcess.start(snapshotOf(options, { shadow: 100 }));
  using client = await RawClient.connect(worker.port);
  const ask = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) assert.equal((await client.ask(get)).status, 200);
  };
  await ask(600);
  const before = worker.rss();
  await ask(1500);
  const grewBy = worker.rss() - before;
  assert.ok(grewBy < 48 * 1024 * 1024, `memory grew by ${grewBy} bytes`);
  assert.equal(asked, 32, 'copies at once');
  goOn.resolve();
  const gaveWay = (): number =>
    worker.reports.reduce(
      (all, { shadowDropped }) => all + (shadowDropped['catalog']?.['queue_full'] ?? 0),
      0,
    );
  await until('every copy is a pair or counted', () => worker.pairs.length + gaveWay() === 2100);
  // 32 under way and 256 that waited; the oldest of all others gave way.
  assert.equal(worker.pairs.length, 32 + 256);
  assert.deepEqual(worker.failures(), {});
});
