import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startTestProxy } from '../proxy/data-plane/test-proxy.ts';
import { RawClient } from '../support/raw-client.ts';
import { ScriptedUpstream } from '../support/scripted-upstream.ts';

describe('a client that sends its request and ends its side', () => {
  const requests: [name: string, request: string][] = [
    ['GET', 'GET /a HTTP/1.1\r\nHost: shop\r\n\r\n'],
    ['POST', 'POST /a HTTP/1.1\r\nHost: shop\r\nContent-Length: 5\r\n\r\nhello'],
    ['GET in HTTP/1.0', 'GET /a HTTP/1.0\r\nHost: shop\r\n\r\n'],
  ];
  for (const [name, request] of requests) {
    test(`${name}: gets an answer that begins late and is long, whole`, async () => {
      await using upstream = await ScriptedUpstream.start(async (connection) => {
        await connection.request();
        // By now the end of the client's side has come.
        await new Promise((turn) => setTimeout(turn, 150));
        connection.send('HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n');
        for (let i = 0; i < 3; i++) {
          connection.send(Buffer.alloc(1_000_000, 'x'));
          await new Promise((turn) => setTimeout(turn, 50));
        }
      });
      await using proxy = await startTestProxy({ monolith: upstream.port });
      using client = await RawClient.connect(proxy.port);
      client.send(request);
      client.end();
      assert.equal((await client.answer()).body.length, 3_000_000);
      assert.equal(await client.ending(), 'closed');
      assert.deepEqual(proxy.takeReport().failures, {});
    });
  }

  test('three requests sent ahead: gets all three answers', async () => {
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      for (;;) {
        const { startLine } = await connection.request();
        await new Promise((turn) => setTimeout(turn, 30));
        connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${startLine.length}\r\n\r\n${startLine}`);
      }
    });
    await using proxy = await startTestProxy({ monolith: upstream.port });
    using client = await RawClient.connect(proxy.port);
    client.send(['/1', '/2', '/3'].map((path) => `GET ${path} HTTP/1.1\r\nHost: shop\r\n\r\n`).join(''));
    client.end();
    for (const path of ['/1', '/2', '/3']) assert.equal((await client.answer()).text, `GET ${path} HTTP/1.1`);
    assert.equal(await client.ending(), 'closed');
  });

  test('half a request: is let go, and the upstream sees nothing whole', async () => {
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      await connection.head();
      await connection.text('ha');
      halfway.resolve();
      ended.resolve(connection.ending().then(() => connection.unread.toString()));
    });
    const halfway = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<string>();
    await using proxy = await startTestProxy({ monolith: upstream.port });
    using client = await RawClient.connect(proxy.port);
    client.send('POST /a HTTP/1.1\r\nHost: shop\r\nContent-Length: 4\r\n\r\nha');
    await halfway.promise;
    client.end();
    await client.ending();
    assert.equal(await ended.promise, 'ha');
  });
});
