import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestProxy } from '../proxy/data-plane/test-proxy.ts';
import { Ledger, ledgerRequest } from '../support/ledger.ts';
import { LedgerUpstream } from '../support/ledger-upstream.ts';
import { RawClient } from '../support/raw-client.ts';

test('100 requests sent ahead to both sides, reads and writes, fast and slow, on ten connections: no answer is another’s', async () => {
  const ledger = new Ledger();
  await using monolith = await LedgerUpstream.start({ name: 'monolith', record: ledger.record });
  await using service = await LedgerUpstream.start({ name: 'service', record: ledger.record });
  await using proxy = await startTestProxy({
    monolith: monolith.port,
    service: service.port,
    routes: ['* /new'],
  });
  await Promise.all(
    Array.from({ length: 10 }, async (_, which) => {
      using client = await RawClient.connect(proxy.port);
      const ids = Array.from({ length: 100 }, (_, i) => {
        const method = i % 3 === 0 ? 'POST' : 'GET';
        const id = ledger.begin(method);
        const request = {
          method,
          path: (i * 7 + which) % 2 ? '/new' : '/old',
          body: method === 'POST' ? 'x'.repeat(i) : '',
          lines: [`X-Delay-Ms: ${i % 4}`, ...(method === 'POST' && i === 0 ? ['Content-Length: 0'] : [])],
        };
        client.send(ledgerRequest(id, request));
        return id;
      });
      for (const id of ids) ledger.answered(id, await client.answer());
      assert.equal(client.unread.length, 0);
    }),
  );
  assert.deepEqual(ledger.outcomes(), { 200: 1000 });
  ledger.counted(proxy.takeReport());
  ledger.assert();
});
