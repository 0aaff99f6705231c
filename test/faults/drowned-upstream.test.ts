import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestProxy } from '../proxy/data-plane/test-proxy.ts';
import { askForLedger, Ledger } from '../support/ledger.ts';
import { LedgerUpstream } from '../support/ledger-upstream.ts';
import { RawClient } from '../support/raw-client.ts';
import { ScriptedUpstream } from '../support/scripted-upstream.ts';

test('200 clients of an upstream of two slots that never answers: 503 for those who wait, nothing for others', async () => {
  const ledger = new Ledger();
  await using drowned = await ScriptedUpstream.start(() => {});
  await using service = await LedgerUpstream.start({ name: 'service', record: ledger.record });
  await using proxy = await startTestProxy({
    monolith: drowned.port,
    service: service.port,
    routes: ['* /new'],
    upstream: { maxConnections: 2, connectTimeoutMs: 300, responseTimeoutMs: 1500, maxWaiting: 50 },
  });
  const drowning = Promise.all(
    Array.from({ length: 200 }, async () => {
      using client = await RawClient.connect(proxy.port);
      const answer = await client.ask('GET /old HTTP/1.1\r\nHost: shop\r\n\r\n');
      return { status: answer.status, retryAfter: answer.value('Retry-After') };
    }),
  );
  await Promise.all(
    Array.from({ length: 10 }, async () => {
      using client = await RawClient.connect(proxy.port);
      for (let i = 0; i < 30; i++) assert.equal(await askForLedger(ledger, client, { path: '/new' }), 200);
    }),
  );
  ledger.assert();
  const answers = await drowning;
  const refused = answers.filter(({ status }) => status === 503);
  assert.equal(answers.filter(({ status }) => status === 504).length, 200 - refused.length);
  // The slots are taken again when their requests have had their time.
  assert.ok(refused.length >= 190, `${refused.length} refused`);
  assert.ok(refused.every(({ retryAfter }) => retryAfter !== undefined));
  assert.ok(drowned.connections.length <= 10, `${drowned.connections.length} connections`);
});

test('200 clients of an upstream of two slots are all answered, two at a time', async () => {
  const ledger = new Ledger();
  await using upstream = await LedgerUpstream.start({ name: 'monolith', record: ledger.record });
  await using proxy = await startTestProxy({
    monolith: upstream.port,
    upstream: { maxConnections: 2, connectTimeoutMs: 10_000 },
  });
  await Promise.all(
    Array.from({ length: 200 }, async (_, i) => {
      using client = await RawClient.connect(proxy.port);
      const lines = ['X-Delay-Ms: 2'];
      const status = await askForLedger(
        ledger,
        client,
        i % 2 ? { lines } : { method: 'POST', body: 'x', lines },
      );
      assert.equal(status, 200);
    }),
  );
  assert.ok(proxy.monolithConnections() <= 2);
  ledger.counted(proxy.takeReport());
  ledger.assert();
});
