import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startTestProxy, type TestProxy } from '../proxy/data-plane/test-proxy.ts';
import { askForLedger, Ledger } from '../support/ledger.ts';
import { RawClient } from '../support/raw-client.ts';
import { UpstreamProcess } from '../support/upstream-process.ts';

const CLIENTS = 16;

/** Clients that ask one thing after another until they are told to stop: three reads to one write. */
async function load(ledger: Ledger, proxy: TestProxy, isOver: () => boolean): Promise<void> {
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      using client = await RawClient.connect(proxy.port);
      for (let i = 0; !isOver(); i++) {
        const lines = ['X-Delay-Ms: 3'];
        await askForLedger(
          ledger,
          client,
          i % 4 === 3 ? { method: 'POST', body: 'order', lines } : { lines },
        );
      }
    }),
  );
}

function untilAnswered(ledger: Ledger, count: number): Promise<void> {
  return new Promise((resolve) => {
    const target = (ledger.outcomes()['200'] ?? 0) + count;
    const check = setInterval(() => {
      if ((ledger.outcomes()['200'] ?? 0) < target) return;
      clearInterval(check);
      resolve();
    }, 5);
  });
}

describe('kill -9', () => {
  test('of the service under load costs no GET, and no POST is done twice', async () => {
    const ledger = new Ledger();
    await using monolith = await UpstreamProcess.start({ name: 'monolith' });
    await using service = await UpstreamProcess.start({ name: 'service' });
    await using proxy = await startTestProxy({
      monolith: monolith.port,
      service: service.port,
      routes: ['* /a'],
    });
    let isOver = false;
    const loading = load(ledger, proxy, () => isOver);
    for (let life = 0; life < 3; life++) {
      await untilAnswered(ledger, 200);
      await service.kill();
      await untilAnswered(ledger, 200);
      await service.start();
    }
    isOver = true;
    await loading;

    assert.deepEqual(Object.keys(ledger.outcomes('GET')), ['200']);
    // A POST that was on its way when the service died may have had its effect.
    assert.ok((ledger.outcomes('POST')['502'] ?? 0) <= 3 * CLIENTS);
    const report = proxy.takeReport();
    assert.ok(report.migrations['catalog']!.fallbacks > 0, 'the monolith answered for it');
    for (const record of [...monolith.records(), ...service.records()]) ledger.record(record);
    ledger.counted(report);
    ledger.assert();
  });

  test('of the monolith under load is a 502 or 503 without a loop, and is over when it is back', async () => {
    const ledger = new Ledger();
    await using monolith = await UpstreamProcess.start({ name: 'monolith' });
    await using service = await UpstreamProcess.start({ name: 'service' });
    await using proxy = await startTestProxy({
      monolith: monolith.port,
      service: service.port,
      routes: ['* /new'],
    });
    using client = await RawClient.connect(proxy.port);
    assert.equal(await askForLedger(ledger, client), 200);
    await monolith.kill();
    for (let i = 0; i < 50; i++) {
      const status = await askForLedger(ledger, client, i % 2 ? {} : { method: 'POST', body: 'order' });
      assert.ok(status === 502 || status === 503, `got ${status}`);
      assert.equal(await askForLedger(ledger, client, { path: '/new' }), 200, 'the service goes on');
    }
    await monolith.start();
    // A breaker may take a moment to find out.
    const deadline = performance.now() + 10_000;
    while ((await askForLedger(ledger, client)) !== 200)
      assert.ok(performance.now() < deadline, 'still down');
    const report = proxy.takeReport();
    assert.equal(report.migrations['catalog']?.fallbacks, 0, 'nothing is asked of the other side');
    for (const record of [...monolith.records(), ...service.records()]) ledger.record(record);
    ledger.counted(report);
    ledger.assert();
  });
});
