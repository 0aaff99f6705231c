import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startTestProxy } from '../proxy/data-plane/test-proxy.ts';
import { askForLedger, Ledger } from '../support/ledger.ts';
import { LedgerUpstream } from '../support/ledger-upstream.ts';
import { RawClient } from '../support/raw-client.ts';

const HEADS = 500;
const BODIES = 200;

/** Sends a byte now and then for as long as the connection lasts; resolves with what it got for it. */
async function drip(client: RawClient, everyMs: number): Promise<number | undefined> {
  const dripping = setInterval(() => client.send('x'), everyMs);
  const answer = await client.answer().catch(() => undefined);
  await client.ending();
  clearInterval(dripping);
  return answer?.status;
}

describe('slow senders', () => {
  test(`${HEADS} heads that drip are ended with 408 in their time, and others are served meanwhile`, async () => {
    const ledger = new Ledger();
    await using upstream = await LedgerUpstream.start({ name: 'monolith', record: ledger.record });
    await using proxy = await startTestProxy({
      monolith: upstream.port,
      listener: { headersTimeoutMs: 500 },
    });
    const clients = await Promise.all(Array.from({ length: HEADS }, () => RawClient.connect(proxy.port)));
    for (const client of clients) client.send('GET /a HTTP/1.1\r\nHost: shop\r\nX-Slow: ');
    const slow = Promise.all(clients.map((client) => drip(client, 200)));
    using good = await RawClient.connect(proxy.port);
    for (let i = 0; i < 200; i++) assert.equal(await askForLedger(ledger, good), 200);
    // Its last bytes may cross with the answer, which then is lost to a reset.
    assert.ok((await slow).every((status) => status === 408 || status === undefined));
    for (const client of clients) client.socket.destroy();
    ledger.assert();
  });

  test(`${BODIES} bodies that stop are ended with 408, and give their slots back`, async () => {
    const ledger = new Ledger();
    await using upstream = await LedgerUpstream.start({ name: 'monolith', record: ledger.record });
    await using proxy = await startTestProxy({
      monolith: upstream.port,
      upstream: { maxConnections: BODIES + 1, responseTimeoutMs: 500 },
    });
    const slow = Promise.all(
      Array.from({ length: BODIES }, async () => {
        using client = await RawClient.connect(proxy.port);
        const request = { method: 'POST', lines: ['Content-Length: 100'] };
        assert.equal(await askForLedger(ledger, client, request), 408);
      }),
    );
    using good = await RawClient.connect(proxy.port);
    for (let i = 0; i < 100; i++) assert.equal(await askForLedger(ledger, good), 200);
    await slow;
    assert.ok(proxy.monolithConnections() <= 1);
    ledger.counted(proxy.takeReport());
    ledger.assert();
  });

  test('bodies that drip do not keep their slots when others wait for them', async () => {
    await using upstream = await LedgerUpstream.start({ name: 'monolith', record: () => {} });
    await using proxy = await startTestProxy({
      monolith: upstream.port,
      upstream: { maxConnections: 2, responseTimeoutMs: 500, connectTimeoutMs: 200 },
    });
    const clients = await Promise.all([RawClient.connect(proxy.port), RawClient.connect(proxy.port)]);
    for (const client of clients)
      client.send('POST /a HTTP/1.1\r\nHost: shop\r\nContent-Length: 1000000\r\n\r\n');
    const slow = clients.map((client) => drip(client, 100).catch(() => undefined));
    await new Promise((turn) => setTimeout(turn, 2000));
    using good = await RawClient.connect(proxy.port);
    const { status } = await good.ask('GET /a HTTP/1.1\r\nHost: shop\r\n\r\n');
    for (const client of clients) client.reset();
    await Promise.all(slow);
    assert.equal(status, 200);
  });
});

describe('floods', () => {
  const floods: [name: string, start: string, more: string, statuses: (number | undefined)[]][] = [
    [
      'a head that never ends',
      'GET /a HTTP/1.1\r\nHost: shop\r\n',
      `X-A: ${'x'.repeat(1000)}\r\n`,
      [431, undefined],
    ],
    ['a target that never ends', 'GET /', 'x'.repeat(1000), [414, 431, undefined]],
    ['headers without end', 'GET /a HTTP/1.1\r\nHost: shop\r\n', 'a:\r\n'.repeat(300), [431, undefined]],
    ['empty lines without end', '', '\r\n'.repeat(500), [400, 408, undefined]],
    [
      'chunk extensions without end',
      'POST /a HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n1;',
      'x'.repeat(1000),
      [400, 413, 431, undefined],
    ],
  ];
  for (const [name, start, more, statuses] of floods) {
    test(`50 clients with ${name}: refused and closed, and others are served meanwhile`, async () => {
      const ledger = new Ledger();
      await using upstream = await LedgerUpstream.start({ name: 'monolith', record: () => {} });
      await using proxy = await startTestProxy({
        monolith: upstream.port,
        listener: { headersTimeoutMs: 1000 },
      });
      const flooding = Promise.all(
        Array.from({ length: 50 }, async () => {
          using client = await RawClient.connect(proxy.port);
          client.send(start);
          for (let i = 0; i < 300 && !client.socket.destroyed; i++) client.send(more);
          const answer = await client.answer().catch(() => undefined);
          await client.ending();
          return answer?.status;
        }),
      );
      using good = await RawClient.connect(proxy.port);
      const body = { method: 'POST', body: 'order' };
      for (let i = 0; i < 50; i++) assert.equal(await askForLedger(ledger, good, body), 200);
      for (const status of await flooding) assert.ok(statuses.includes(status), `got ${status}`);
    });
  }
});
