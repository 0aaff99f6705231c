import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestProxy } from '../proxy/data-plane/test-proxy.ts';
import { type FullPort, startFullPort } from '../support/full-port.ts';
import { askForLedger, Ledger } from '../support/ledger.ts';
import { LedgerUpstream } from '../support/ledger-upstream.ts';
import { askOnce, RawClient } from '../support/raw-client.ts';

let full: FullPort;

before(async () => {
  full = await startFullPort();
});

after(async () => {
  await full[Symbol.asyncDispose]();
});

test('a connect that nobody answers is a 504 when its time is over, not the kernel’s', async () => {
  await using proxy = await startTestProxy({ monolith: full.port, upstream: { connectTimeoutMs: 300 } });
  const startedAt = performance.now();
  const answer = await askOnce(proxy.port, 'GET /a HTTP/1.1\r\nHost: shop\r\n\r\n');
  const tookMs = performance.now() - startedAt;
  assert.deepEqual([answer.status, answer.json()['code']], [504, 'upstream_connect_timeout']);
  assert.ok(tookMs >= 300 && tookMs < 4000, `${tookMs} ms`);
  assert.equal(proxy.monolithConnections(), 0);
});

test('50 requests to a service that answers no connect are answered by the monolith, writes too', async () => {
  const ledger = new Ledger();
  await using monolith = await LedgerUpstream.start({ name: 'monolith', record: ledger.record });
  await using proxy = await startTestProxy({
    monolith: monolith.port,
    service: full.port,
    routes: ['* /a'],
    // Room for all of them at once: a part of it is the monolith's own.
    upstream: { maxConnections: 128 },
    serviceUpstream: { connectTimeoutMs: 300 },
  });
  await Promise.all(
    Array.from({ length: 50 }, async (_, i) => {
      using client = await RawClient.connect(proxy.port);
      const request = i % 2 === 0 ? { method: 'GET' } : { method: 'POST', body: 'order' };
      assert.equal(await askForLedger(ledger, client, request), 200);
    }),
  );
  const report = proxy.takeReport();
  assert.equal(report.migrations['catalog']?.fallbacks, 50);
  ledger.counted(report);
  ledger.assert();
});
