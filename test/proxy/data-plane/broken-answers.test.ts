import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RawClient } from '../../support/raw-client.ts';
import { OK_ANSWER } from '../../support/recording-upstream.ts';
import { closedPort, ScriptedUpstream } from '../../support/scripted-upstream.ts';
import { startTestProxy } from './test-proxy.ts';

const get = 'GET /a HTTP/1.1\r\nHost: shop\r\n\r\n';
const post = 'POST /a HTTP/1.1\r\nHost: shop\r\nContent-Length: 5\r\n\r\nhello';

describe('an upstream that dies in the middle of an answer', () => {
  const halves: [name: string, half: string][] = [
    ['a sized one', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'],
    ['a sized one without a byte of body', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n'],
    ['a chunked one', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n'],
    ['a chunked one within a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf'],
    [
      'a chunked one before its last line',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n0\r\n',
    ],
  ];
  for (const [name, half] of halves) {
    for (const death of ['closes', 'resets'] as const) {
      test(`${name}, and ${death}: the client sees a reset and no end`, async () => {
        await using upstream = await ScriptedUpstream.start(async (connection) => {
          await connection.request();
          connection.send(half);
          await sawHead.promise;
          if (death === 'closes') connection.end();
          else connection.reset();
        });
        const sawHead = Promise.withResolvers<void>();
        await using proxy = await startTestProxy({ monolith: upstream.port });
        using client = await RawClient.connect(proxy.port);
        client.send(get);
        await client.text('\r\n\r\n');
        sawHead.resolve();
        assert.equal(await client.ending(), 'reset');
        assert.ok(!client.unread.includes('\r\n0\r\n'), 'no last chunk');
        assert.deepEqual(proxy.takeReport().failures, { upstream_closed: 1 });
      });
    }
  }

  test('that lasts until the connection closes, by a reset: the client sees a reset', async () => {
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      await connection.request();
      connection.send('HTTP/1.1 200 OK\r\n\r\nhalf');
      await sawHead.promise;
      connection.reset();
    });
    const sawHead = Promise.withResolvers<void>();
    await using proxy = await startTestProxy({ monolith: upstream.port });
    using client = await RawClient.connect(proxy.port);
    client.send(get);
    await client.text('half');
    sawHead.resolve();
    assert.equal(await client.ending(), 'reset');
    assert.ok(!client.unread.includes('\r\n0\r\n'));
  });

  test('that turns malformed in its body: the client sees a reset', async () => {
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      await connection.request();
      connection.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n');
      await sawHead.promise;
      connection.send('nonsense\r\n');
    });
    const sawHead = Promise.withResolvers<void>();
    await using proxy = await startTestProxy({ monolith: upstream.port });
    using client = await RawClient.connect(proxy.port);
    client.send(get);
    await client.text('half');
    sawHead.resolve();
    assert.equal(await client.ending(), 'reset');
    assert.deepEqual(proxy.takeReport().failures, { upstream_invalid: 1 });
  });
});

describe('before the client has seen anything', () => {
  const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n';
  for (let at = 1; at < answer.length; at += 7) {
    test(`an answer that ends behind ${JSON.stringify(answer.slice(0, at))} is a 502`, async () => {
      await using upstream = await ScriptedUpstream.start(async (connection) => {
        await connection.request();
        connection.send(answer.slice(0, at));
        connection.end();
      });
      await using proxy = await startTestProxy({ monolith: upstream.port });
      using client = await RawClient.connect(proxy.port);
      const got = await client.ask(post);
      assert.deepEqual([got.status, got.json()['code']], [502, 'upstream_closed']);
    });
  }

  const invalid: [name: string, answer: string][] = [
    ['nonsense', 'nonsense\r\n\r\n'],
    ['both Content-Length and Transfer-Encoding', `${answer}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['101 that nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n'],
    ['a line break in the reason', 'HTTP/1.1 200 O\nK\r\nContent-Length: 0\r\n\r\n'],
    ['33 interim answers', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(33) + OK_ANSWER],
  ];
  for (const [name, answer] of invalid) {
    test(`${name} is a 502, and the upstream connection is closed`, async () => {
      const closed = Promise.withResolvers<void>();
      await using upstream = await ScriptedUpstream.start(async (connection) => {
        await connection.request();
        connection.send(answer);
        await connection.ending();
        closed.resolve();
      });
      await using proxy = await startTestProxy({ monolith: upstream.port });
      using client = await RawClient.connect(proxy.port);
      client.send(post);
      let got = await client.answer();
      while (got.status === 103) got = await client.answer();
      assert.deepEqual([got.status, got.json()['code']], [502, 'upstream_invalid']);
      await closed.promise;
    });
  }

  test('a port where nobody listens is a 502 at once', async () => {
    await using proxy = await startTestProxy({ monolith: await closedPort() });
    using client = await RawClient.connect(proxy.port);
    const startedAt = performance.now();
    const got = await client.ask(post);
    assert.deepEqual([got.status, got.json()['code']], [502, 'upstream_connect']);
    assert.ok(performance.now() - startedAt < 200);
    assert.deepEqual(proxy.takeReport().failures, { upstream_connect: 1 });
  });

  test('an own answer to a whole request leaves the client its connection', async () => {
    await using proxy = await startTestProxy({ monolith: await closedPort() });
    using client = await RawClient.connect(proxy.port);
    assert.equal((await client.ask(get)).status, 502);
    assert.equal((await client.ask(get)).status, 502);
  });

  test('a HEAD request gets the head of the own answer alone', async () => {
    await using proxy = await startTestProxy({ monolith: await closedPort() });
    using client = await RawClient.connect(proxy.port);
    const request = 'HEAD /a HTTP/1.1\r\nHost: shop\r\n\r\n';
    assert.equal((await client.ask(request, 'HEAD')).status, 502);
    assert.equal((await client.ask(request, 'HEAD')).status, 502);
  });

  test('our own answers say nothing of what is behind the proxy', async () => {
    const port = await closedPort();
    await using proxy = await startTestProxy({ monolith: port });
    using client = await RawClient.connect(proxy.port);
    const got = await client.ask(get);
    assert.ok(!(got.head + got.text).includes(String(port)) && !got.text.includes('127.0.0.1'));
  });
});
