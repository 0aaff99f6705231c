import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestProxy } from '../proxy/data-plane/test-proxy.ts';
import { ChaosRelay } from '../support/chaos-relay.ts';
import { askForLedger, Ledger } from '../support/ledger.ts';
import { LedgerUpstream } from '../support/ledger-upstream.ts';
import { RawClient } from '../support/raw-client.ts';

/** Never an idle connection: each request meets a new one. */
const freshOnly = { idleMs: 0 };

test('every second connection is reset when a request comes: GET is tried again, POST is not', async () => {
  const ledger = new Ledger();
  await using upstream = await LedgerUpstream.start({ name: 'monolith', record: ledger.record });
  await using relay = await ChaosRelay.start(upstream.port, (index) =>
    index % 2 === 0 ? { resets: 'when asked' } : {},
  );
  await using proxy = await startTestProxy({ monolith: relay.port, pool: freshOnly });
  using client = await RawClient.connect(proxy.port);
  for (let i = 0; i < 100; i++) assert.equal(await askForLedger(ledger, client), 200);
  assert.equal(relay.connectionCount, 200);
  for (const body of ['order', '']) {
    assert.equal(await askForLedger(ledger, client, { method: 'POST', body }), 502);
    assert.equal(await askForLedger(ledger, client, { method: 'POST', body }), 200);
  }
  assert.equal(relay.connectionCount, 204);
  ledger.counted(proxy.takeReport());
  ledger.assert();
});

test('every second connection is reset as it is accepted: GET is tried again', async () => {
  const ledger = new Ledger();
  await using upstream = await LedgerUpstream.start({ name: 'monolith', record: ledger.record });
  await using relay = await ChaosRelay.start(upstream.port, (index) =>
    index % 2 === 0 ? { resets: 'at once' } : {},
  );
  await using proxy = await startTestProxy({ monolith: relay.port, pool: freshOnly });
  using client = await RawClient.connect(proxy.port);
  for (let i = 0; i < 50; i++) assert.equal(await askForLedger(ledger, client), 200);
  ledger.counted(proxy.takeReport());
  ledger.assert();
});

test('every connection is reset: a 502 or 503, and no more than two connections for it', async () => {
  const ledger = new Ledger();
  await using relay = await ChaosRelay.start(1, (index) => ({
    resets: index % 3 === 0 ? 'at once' : 'when asked',
  }));
  await using proxy = await startTestProxy({ monolith: relay.port });
  using client = await RawClient.connect(proxy.port);
  for (let i = 0; i < 20; i++) {
    const status = await askForLedger(ledger, client);
    assert.ok(status === 502 || status === 503, `got ${status}`);
  }
  assert.ok(relay.connectionCount <= 40, `${relay.connectionCount} connections`);
  ledger.counted(proxy.takeReport());
  ledger.assert();
});
