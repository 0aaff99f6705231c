import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RawClient } from '../../support/raw-client.ts';
import { ScriptedUpstream } from '../../support/scripted-upstream.ts';
import { startTestProxy } from './test-proxy.ts';

const get = 'GET /a HTTP/1.1\r\nHost: shop\r\n\r\n';

describe('a client that leaves', () => {
  test('and resets before the answer ends the upstream connection', async () => {
    const asked = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      await connection.request();
      asked.resolve();
      await connection.ending();
      ended.resolve();
    });
    await using proxy = await startTestProxy({ monolith: upstream.port });
    const client = await RawClient.connect(proxy.port);
    client.send(get);
    await asked.promise;
    client.reset();
    await ended.promise;
    const { failures, migrations } = proxy.takeReport();
    assert.deepEqual([failures, migrations], [{ client_closed: 1 }, {}], 'it speaks against no side');
  });

  test('and closes before the answer, as one does that only ends its side, leaves the upstream to finish', async () => {
    // On the wire both are a FIN (and the latter wants its answer), until something is written to it.
    const asked = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const over = Promise.withResolvers<string>();
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      await connection.request();
      asked.resolve();
      await goOn.promise;
      connection.send('HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n');
      const writing = setInterval(() => connection.send(Buffer.alloc(10_000)), 5);
      over.resolve(await connection.ending());
      clearInterval(writing);
    });
    await using proxy = await startTestProxy({ monolith: upstream.port });
    const client = await RawClient.connect(proxy.port);
    client.send(get);
    await asked.promise;
    client.socket.destroy();
    goOn.resolve();
    await over.promise;
    const { failures, migrations } = proxy.takeReport();
    assert.deepEqual([failures, migrations], [{ client_closed: 1 }, {}], 'it speaks against no side');
  });

  test('its side only gets its answer', async () => {
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      await connection.request();
      await ended.promise;
      connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
    const ended = Promise.withResolvers<void>();
    await using proxy = await startTestProxy({ monolith: upstream.port });
    using client = await RawClient.connect(proxy.port);
    client.send(get);
    client.end();
    ended.resolve();
    assert.equal((await client.answer()).text, 'ok');
    assert.equal(await client.ending(), 'closed');
  });

  for (const leave of ['closes', 'resets'] as const) {
    const go = (client: RawClient) => (leave === 'closes' ? client.socket.destroy() : client.reset());

    test(`and ${leave} in the middle of an upload leaves the upstream half of it, not a whole`, async () => {
      const asked = Promise.withResolvers<void>();
      const ended = Promise.withResolvers<string>();
      await using upstream = await ScriptedUpstream.start(async (connection) => {
        await connection.head();
        asked.resolve();
        await connection.ending();
        ended.resolve(connection.unread.toString('latin1'));
      });
      await using proxy = await startTestProxy({ monolith: upstream.port });
      const client = await RawClient.connect(proxy.port);
      client.send('POST /a HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n');
      await asked.promise;
      go(client);
      assert.ok(!(await ended.promise).includes('\r\n0\r\n'));
    });

    test(`and ${leave} in the middle of an answer ends the upstream connection`, async () => {
      const ended = Promise.withResolvers<void>();
      await using upstream = await ScriptedUpstream.start(async (connection) => {
        await connection.request();
        connection.send('HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n');
        const writing = setInterval(() => connection.send(Buffer.alloc(10_000)), 5);
        await connection.ending();
        clearInterval(writing);
        ended.resolve();
      });
      await using proxy = await startTestProxy({ monolith: upstream.port });
      const client = await RawClient.connect(proxy.port);
      client.send(get);
      await client.text('\r\n\r\n');
      go(client);
      await ended.promise;
    });
  }

  test('1,000 times leaves no upstream connection behind', async () => {
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      await connection.request();
    });
    await using proxy = await startTestProxy({ monolith: upstream.port });
    for (let i = 0; i < 20; i++) {
      const clients = await Promise.all(Array.from({ length: 50 }, () => RawClient.connect(proxy.port)));
      for (const client of clients) client.send(get);
      await new Promise((turn) => setImmediate(turn));
      for (const client of clients) client.reset();
    }
    for (let i = 0; proxy.monolithConnections() > 0; i++) {
      assert.ok(i < 100, `${proxy.monolithConnections()} upstream connections are left`);
      await new Promise((turn) => setTimeout(turn, 20));
    }
  });
});
