import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestProxy } from '../proxy/data-plane/test-proxy.ts';
import { askForLedger, Ledger } from '../support/ledger.ts';
import { RawClient } from '../support/raw-client.ts';
import { until } from '../support/until.ts';
import { UpstreamProcess } from '../support/upstream-process.ts';

/** Far more than what the kernel keeps between two sockets. */
const PIECES_OF_64_BYTES = 500_000;

test('an upstream that stops before it answers is a 504, its slot is free, and it serves when it goes on', async () => {
  const ledger = new Ledger();
  await using upstream = await UpstreamProcess.start({ name: 'monolith' });
  await using proxy = await startTestProxy({
    monolith: upstream.port,
    upstream: { responseTimeoutMs: 300, maxConnections: 1 },
  });
  using client = await RawClient.connect(proxy.port);
  assert.equal(await askForLedger(ledger, client), 200);
  upstream.signal('SIGSTOP');
  for (let i = 0; i < 2; i++)
    assert.equal(await askForLedger(ledger, client, { method: 'POST', body: 'x' }), 504);
  await until('its slot is free', () => proxy.monolithConnections() === 0);
  upstream.signal('SIGCONT');
  assert.equal(await askForLedger(ledger, client), 200);
  for (const record of upstream.records()) ledger.record(record);
  ledger.counted(proxy.takeReport());
  ledger.assert();
});

test('an upstream that stops in the middle of an answer is noticed by its silence, and its slot is free', async () => {
  await using upstream = await UpstreamProcess.start({ name: 'monolith', pieces: PIECES_OF_64_BYTES });
  await using proxy = await startTestProxy({
    monolith: upstream.port,
    upstream: { idleTimeoutMs: 300, maxConnections: 1 },
  });
  using client = await RawClient.connect(proxy.port);
  client.send('GET /a HTTP/1.1\r\nHost: shop\r\nX-Ledger-Id: 1\r\n\r\n');
  client.socket.once('data', () => {
    upstream.signal('SIGSTOP');
  });
  assert.equal(await client.ending(), 'reset');
  assert.equal(proxy.monolithConnections(), 0);
  assert.deepEqual(proxy.takeReport().failures, { upstream_timeout: 1 });
});

test('an upstream that stops while its connection lies idle costs the next GET its time, not its slot', async () => {
  const ledger = new Ledger();
  await using upstream = await UpstreamProcess.start({ name: 'monolith' });
  await using proxy = await startTestProxy({
    monolith: upstream.port,
    upstream: { responseTimeoutMs: 200, maxConnections: 2 },
    pool: { idleMs: 100 },
  });
  using client = await RawClient.connect(proxy.port);
  assert.equal(await askForLedger(ledger, client), 200);
  upstream.signal('SIGSTOP');
  await until('the idle connection is given up', () => proxy.monolithConnections() === 0);
  upstream.signal('SIGCONT');
  assert.equal(await askForLedger(ledger, client), 200);
  for (const record of upstream.records()) ledger.record(record);
  ledger.counted(proxy.takeReport());
  ledger.assert();
});
