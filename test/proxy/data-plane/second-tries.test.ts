import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RawClient } from '../../support/raw-client.ts';
import { OK_ANSWER, RecordingUpstream } from '../../support/recording-upstream.ts';
import {
  closedPort,
  type Script,
  ScriptedUpstream,
  type UpstreamEnd,
} from '../../support/scripted-upstream.ts';
import { startTestProxy } from './test-proxy.ts';

const bare = (method: string, path = '/a') => `${method} ${path} HTTP/1.1\r\nHost: shop\r\n\r\n`;
const withBody = (method: string) => `${method} /a HTTP/1.1\r\nHost: shop\r\nContent-Length: 5\r\n\r\nhello`;

/** Answers one request a connection and closes when the next one arrives: an upstream whose time was just over. */
const answersOnce: Script = async (connection) => {
  await connection.request();
  connection.send(OK_ANSWER);
  await connection.head().catch(() => {});
  connection.socket.destroy();
};

describe('a kept connection that closes as the next request arrives', () => {
  for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']) {
    test(`${method} goes once more on a new connection, unseen by the client`, async () => {
      await using upstream = await ScriptedUpstream.start(answersOnce);
      await using proxy = await startTestProxy({ monolith: upstream.port });
      using client = await RawClient.connect(proxy.port);
      assert.equal((await client.ask(bare('GET'))).status, 200);
      // What OK_ANSWER has of a body ends a HEAD's connection, which is why HEAD goes last.
      assert.equal((await client.ask(bare(method), method)).status, 200);
      assert.equal(upstream.connections.length, 2);
    });
  }

  for (const method of ['GET', 'PUT', 'DELETE']) {
    const chunked = `${method} /a HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`;
    const large = `${method} /a HTTP/1.1\r\nHost: shop\r\nContent-Length: 50000\r\n\r\n${'x'.repeat(50_000)}`;
    for (const [size, request] of [
      ['small', withBody(method)],
      ['chunked', chunked],
      ['larger', large],
    ] as const) {
      test(`${method} with a ${size} body that is kept goes once more, with all of it`, async () => {
        await using upstream = await ScriptedUpstream.start(async (connection, index) => {
          if (index === 0) {
            await answersOnce(connection, index);
            return;
          }
          seen.resolve((await connection.request()).text);
          connection.send(OK_ANSWER);
        });
        const seen = Promise.withResolvers<string>();
        await using proxy = await startTestProxy({ monolith: upstream.port });
        using client = await RawClient.connect(proxy.port);
        assert.equal((await client.ask(bare('GET'))).status, 200);
        assert.equal((await client.ask(request)).status, 200);
        assert.equal(await seen.promise, size === 'larger' ? 'x'.repeat(50_000) : 'hello');
        assert.equal(upstream.connections.length, 2);
      });
    }
  }

  test('a body beyond 64 KiB is not kept: a 502', async () => {
    await using upstream = await ScriptedUpstream.start(answersOnce);
    await using proxy = await startTestProxy({ monolith: upstream.port });
    using client = await RawClient.connect(proxy.port);
    assert.equal((await client.ask(bare('GET'))).status, 200);
    const put = `PUT /a HTTP/1.1\r\nHost: shop\r\nContent-Length: 300000\r\n\r\n${'x'.repeat(300_000)}`;
    assert.equal((await client.ask(put)).status, 502);
    assert.equal(upstream.connections.length, 1);
  });

  for (const request of [bare('POST'), bare('PATCH'), withBody('POST'), withBody('PATCH')]) {
    test(`${JSON.stringify(request)} is a 502: it may have had its effect`, async () => {
      await using upstream = await ScriptedUpstream.start(answersOnce);
      await using proxy = await startTestProxy({ monolith: upstream.port });
      using client = await RawClient.connect(proxy.port);
      assert.equal((await client.ask(bare('GET'))).status, 200);
      assert.equal((await client.ask(request)).status, 502);
      assert.equal(upstream.connections.length, 1);
    });
  }

  test('500 GETs on 20 client connections to an upstream that closes at once see no error', async () => {
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      for (let left = 3; left > 0; left--) {
        await connection.request();
        connection.send(OK_ANSWER);
      }
      connection.socket.destroySoon();
    });
    await using proxy = await startTestProxy({ monolith: upstream.port });
    const statuses = await Promise.all(
      Array.from({ length: 20 }, async () => {
        using client = await RawClient.connect(proxy.port);
        const got = [];
        for (let i = 0; i < 25; i++) got.push((await client.ask(bare('GET'))).status);
        return got;
      }),
    );
    assert.deepEqual(new Set(statuses.flat()), new Set([200]));
  });

  test('a restart that closes every idle connection at once costs no GET', async () => {
    await using upstream = await ScriptedUpstream.start(async (connection, index) => {
      for (;;) {
        const head = await connection.head().catch(() => undefined);
        if (!head) return;
        if (index < 8 && head.startLine.includes('/second')) {
          connection.socket.destroy();
          return;
        }
        await (head.startLine.includes('/first') ? allAsked.promise : undefined);
        connection.send(OK_ANSWER);
      }
    });
    const allAsked = Promise.withResolvers<void>();
    await using proxy = await startTestProxy({ monolith: upstream.port, upstream: { maxConnections: 8 } });
    const clients = await Promise.all(Array.from({ length: 8 }, () => RawClient.connect(proxy.port)));
    const firsts = clients.map((client) => client.ask(bare('GET', '/first')));
    setTimeout(allAsked.resolve, 100);
    await Promise.all(firsts);
    const statuses = await Promise.all(
      clients.map(async (client) => (await client.ask(bare('GET', '/second'))).status),
    );
    assert.deepEqual(statuses, Array(8).fill(200));
    for (const client of clients) client.reset();
  });

  test('there is no third try', async () => {
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      await connection.head();
      connection.socket.destroy();
    });
    await using proxy = await startTestProxy({ monolith: upstream.port });
    using client = await RawClient.connect(proxy.port);
    assert.equal((await client.ask(bare('GET'))).status, 502);
    assert.equal(upstream.connections.length, 2);
  });

  test('half an answer is not followed by a second try', async () => {
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      await connection.head();
      connection.send('HTTP/1.1 20');
      connection.end();
    });
    await using proxy = await startTestProxy({ monolith: upstream.port });
    using client = await RawClient.connect(proxy.port);
    assert.equal((await client.ask(bare('GET'))).status, 502);
    assert.equal(upstream.connections.length, 1);
  });
});

describe('a service that cannot be reached', () => {
  for (const request of [bare('GET'), bare('DELETE'), withBody('POST'), withBody('PUT'), bare('PROPFIND')]) {
    test(`${JSON.stringify(request)} is answered by the monolith, which is counted`, async () => {
      await using monolith = await RecordingUpstream.start();
      await using proxy = await startTestProxy({
        monolith: monolith.port,
        service: await closedPort(),
        routes: ['* /a'],
      });
      using client = await RawClient.connect(proxy.port);
      assert.equal((await client.ask(request)).text, 'ok');
      assert.equal(monolith.request.text, request.endsWith('hello') ? 'hello' : '');
      const { migrations, failures } = proxy.takeReport();
      const { fallbacks, monolith: onMonolith, service } = migrations['catalog']!;
      assert.deepEqual([fallbacks, onMonolith.requests, onMonolith.errors, service.requests], [1, 1, 0, 0]);
      assert.deepEqual(failures, {});
    });
  }

  test('the monolith gets the path before it is rewritten', async () => {
    await using monolith = await RecordingUpstream.start();
    await using proxy = await startTestProxy({
      monolith: monolith.port,
      service: await closedPort(),
      routes: [
        { id: 'GET /a/{x}', method: 'GET', template: '/a/{x}', shadow: 'never', rewrite: '/v2/{x}/a' },
      ],
    });
    using client = await RawClient.connect(proxy.port);
    await client.ask(bare('GET', '/a/7?q=1'));
    assert.equal(monolith.request.startLine, 'GET /a/7?q=1 HTTP/1.1');
  });

  test('with the monolith away too it is a 502, without a loop', async () => {
    await using proxy = await startTestProxy({
      monolith: await closedPort(),
      service: await closedPort(),
      routes: ['* /a'],
    });
    using client = await RawClient.connect(proxy.port);
    assert.equal((await client.ask(bare('GET'))).status, 502);
    const { migrations, failures } = proxy.takeReport();
    assert.equal(migrations['catalog']?.fallbacks, 1);
    assert.deepEqual(failures, { upstream_connect: 1 });
  });

  test('a path without a route goes to the monolith and counts no fallback', async () => {
    await using monolith = await RecordingUpstream.start();
    await using proxy = await startTestProxy({
      monolith: monolith.port,
      service: await closedPort(),
      routes: ['GET /a'],
    });
    using client = await RawClient.connect(proxy.port);
    await client.ask(bare('GET', '/a/'));
    assert.equal(proxy.takeReport().migrations['catalog'], undefined);
  });
});

describe('a service that fails with the request in its hands', () => {
  const failures: [name: string, fail: (connection: UpstreamEnd) => void][] = [
    ['closes', (connection) => connection.socket.destroy()],
    ['resets', (connection) => connection.reset()],
    ['answers nonsense', (connection) => connection.send('nonsense\r\n\r\n')],
    ['answers half a head', (connection) => void connection.socket.end('HTTP/1.1 2')],
    ['says nothing', () => {}],
  ];
  const failing =
    (fail: (connection: UpstreamEnd) => void): Script =>
    async (connection) => {
      await connection.head();
      fail(connection);
    };
  for (const [name, fail] of failures) {
    for (const method of ['GET', 'HEAD', 'OPTIONS']) {
      test(`${name}: ${method} is answered by the monolith`, async () => {
        await using monolith = await RecordingUpstream.start('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
        await using service = await ScriptedUpstream.start(failing(fail));
        await using proxy = await startTestProxy({
          monolith: monolith.port,
          service: service.port,
          routes: ['* /a'],
          upstream: { responseTimeoutMs: 150 },
        });
        using client = await RawClient.connect(proxy.port);
        assert.equal((await client.ask(bare(method), method)).status, 200);
        assert.equal(monolith.requests.length, 1);
        assert.equal(proxy.takeReport().migrations['catalog']?.fallbacks, 1);
      });
    }

    for (const request of [bare('POST'), bare('DELETE'), bare('PUT'), withBody('POST'), withBody('PUT')]) {
      test(`${name}: ${JSON.stringify(request)} is tried nowhere else`, async () => {
        await using monolith = await RecordingUpstream.start();
        await using service = await ScriptedUpstream.start(failing(fail));
        await using proxy = await startTestProxy({
          monolith: monolith.port,
          service: service.port,
          routes: ['* /a'],
          upstream: { responseTimeoutMs: 150 },
        });
        using client = await RawClient.connect(proxy.port);
        const { status } = await client.ask(request);
        assert.ok(status === 502 || status === 504);
        assert.equal(monolith.requests.length, 0);
      });
    }
  }

  test('an answer of 500 is the service’s answer', async () => {
    await using monolith = await RecordingUpstream.start();
    await using service = await RecordingUpstream.start('HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n');
    await using proxy = await startTestProxy({
      monolith: monolith.port,
      service: service.port,
      routes: ['* /a'],
    });
    using client = await RawClient.connect(proxy.port);
    assert.equal((await client.ask(bare('GET'))).status, 500);
    assert.equal(monolith.requests.length, 0);
    assert.equal(proxy.takeReport().migrations['catalog']?.service.errors, 1);
  });

  test('an answer that breaks in the middle is broken for the client: the monolith cannot mend it', async () => {
    await using monolith = await RecordingUpstream.start();
    await using service = await ScriptedUpstream.start(async (connection) => {
      await connection.head();
      connection.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf');
      connection.end();
    });
    await using proxy = await startTestProxy({
      monolith: monolith.port,
      service: service.port,
      routes: ['* /a'],
    });
    using client = await RawClient.connect(proxy.port);
    client.send(bare('GET'));
    assert.equal(await client.ending(), 'reset');
    assert.equal(monolith.requests.length, 0);
  });

  test('a GET whose kept connections are stale on both sides is still answered', async () => {
    // The second try is used up at the service; the monolith's own stale connection must not cost the answer.
    await using monolith = await ScriptedUpstream.start(answersOnce);
    await using service = await ScriptedUpstream.start(async (connection, index) => {
      if (index > 0) connection.socket.destroy();
      else await answersOnce(connection, index);
    });
    await using proxy = await startTestProxy({
      monolith: monolith.port,
      service: service.port,
      routes: ['* /a'],
    });
    using client = await RawClient.connect(proxy.port);
    assert.equal((await client.ask(bare('GET', '/warm-monolith'))).status, 200);
    assert.equal((await client.ask(bare('GET'))).status, 200);
    assert.equal((await client.ask(bare('GET'))).status, 200);
    assert.equal(monolith.connections.length, 2);
  });
});
