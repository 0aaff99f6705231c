import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RawClient } from '../../support/raw-client.ts';
import { OK_ANSWER } from '../../support/recording-upstream.ts';
import { ScriptedUpstream } from '../../support/scripted-upstream.ts';
import { startTestProxy } from './test-proxy.ts';

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: shop\r\n\r\n`;

describe('bytes that no request asked for', () => {
  const evil = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil';

  for (const [name, extra] of [
    ['a whole answer', evil],
    ['a line break', '\r\n'],
    ['one byte', 'x'],
  ] as const) {
    test(`${name} behind an answer costs the connection and reaches nobody`, async () => {
      await using upstream = await ScriptedUpstream.start(async (connection) => {
        await connection.request();
        connection.send(OK_ANSWER + extra);
        await connection.request().then(
          () => assert.fail('the connection was used again'),
          () => {},
        );
      });
      await using proxy = await startTestProxy({ monolith: upstream.port });
      using client = await RawClient.connect(proxy.port);
      assert.equal((await client.ask(get('/a'))).text, 'ok');
      assert.equal((await client.ask(get('/b'))).text, 'ok');
      assert.equal(upstream.connections.length, 2);
      assert.equal(client.unread.length, 0);
    });
  }

  test('on an idle connection they cost it and reach nobody', async () => {
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      await connection.request();
      connection.send(OK_ANSWER);
      await answered.promise;
      connection.send(evil);
      await connection.ending();
      gone.resolve();
    });
    const answered = Promise.withResolvers<void>();
    const gone = Promise.withResolvers<void>();
    await using proxy = await startTestProxy({ monolith: upstream.port });
    using client = await RawClient.connect(proxy.port);
    assert.equal((await client.ask(get('/a'))).text, 'ok');
    answered.resolve();
    await gone.promise;
    assert.equal((await client.ask(get('/b'))).text, 'ok');
    assert.equal(upstream.connections.length, 2);
  });

  test('that arrive while the event loop is busy never answer the next request', async () => {
    // Both the stray bytes and the next request lie in the kernel when the loop gets to them.
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      await connection.request();
      connection.send(OK_ANSWER);
      await connection.request().catch(() => {});
    });
    await using proxy = await startTestProxy({ monolith: upstream.port });
    using client = await RawClient.connect(proxy.port);
    assert.equal((await client.ask(get('/a'))).text, 'ok');
    upstream.connections[0]!.send(evil);
    client.send(get('/b'));
    const busyUntil = performance.now() + 200;
    while (performance.now() < busyUntil);
    assert.equal((await client.answer()).text, 'ok');
  });
});
