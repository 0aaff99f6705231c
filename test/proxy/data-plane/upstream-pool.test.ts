import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RawClient } from '../../support/raw-client.ts';
import { OK_ANSWER, RecordingUpstream } from '../../support/recording-upstream.ts';
import { ScriptedUpstream, type UpstreamEnd } from '../../support/scripted-upstream.ts';
import { startTestProxy } from './test-proxy.ts';

const get = (path = '/a') => `GET ${path} HTTP/1.1\r\nHost: shop\r\n\r\n`;

async function answerAll(connection: UpstreamEnd, answer = OK_ANSWER): Promise<void> {
  for (;;) {
    await connection.request();
    connection.send(answer);
  }
}

/** Clients that each wait for an answer that does not come. */
async function occupy(port: number, path: string, count: number): Promise<Disposable> {
  const clients = await Promise.all(Array.from({ length: count }, () => RawClient.connect(port)));
  for (const client of clients) client.send(get(path));
  return { [Symbol.dispose]: () => clients.forEach((client) => void client.reset()) };
}

describe('connections to an upstream', () => {
  test('are used again, one after another', async () => {
    await using upstream = await RecordingUpstream.start();
    await using proxy = await startTestProxy({ monolith: upstream.port });
    using client = await RawClient.connect(proxy.port);
    for (let i = 0; i < 10; i++) await client.ask(get());
    assert.equal(upstream.connectionCount, 1);
  });

  test('are used again by other clients', async () => {
    await using upstream = await RecordingUpstream.start();
    await using proxy = await startTestProxy({ monolith: upstream.port });
    for (let i = 0; i < 5; i++) {
      using client = await RawClient.connect(proxy.port);
      await client.ask(get());
    }
    assert.equal(upstream.connectionCount, 1);
  });

  for (const [name, answer] of [
    ['Connection: close', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok'],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok'],
    ['Keep-Alive: timeout=1', 'HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 2\r\n\r\nok'],
  ] as const) {
    test(`are not used again after an answer with ${name}`, async () => {
      await using upstream = await RecordingUpstream.start(answer);
      await using proxy = await startTestProxy({ monolith: upstream.port });
      using client = await RawClient.connect(proxy.port);
      for (let i = 0; i < 3; i++) assert.equal((await client.ask(get())).text, 'ok');
      assert.equal(upstream.connectionCount, 3);
    });
  }

  test('are closed before the upstream’s own idle time is over', async () => {
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      await connection.request();
      connection.send('HTTP/1.1 200 OK\r\nKeep-Alive: timeout=2\r\nContent-Length: 2\r\n\r\nok');
      const answeredAt = performance.now();
      await connection.ending();
      lasted.resolve(performance.now() - answeredAt);
    });
    const lasted = Promise.withResolvers<number>();
    await using proxy = await startTestProxy({ monolith: upstream.port });
    using client = await RawClient.connect(proxy.port);
    await client.ask(get());
    const lastedMs = await lasted.promise;
    assert.ok(lastedMs > 500 && lastedMs < 1500, `${lastedMs} ms`);
  });

  test('are no more than allowed, and requests wait for one', async () => {
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      for (;;) {
        await connection.request();
        await new Promise((turn) => setTimeout(turn, 5));
        connection.send(OK_ANSWER);
      }
    });
    await using proxy = await startTestProxy({ monolith: upstream.port, upstream: { maxConnections: 2 } });
    const texts = await Promise.all(
      Array.from({ length: 30 }, async () => {
        using client = await RawClient.connect(proxy.port);
        return (await client.ask(get())).text;
      }),
    );
    assert.deepEqual(texts, Array(30).fill('ok'));
    assert.equal(upstream.connections.length, 2);
  });
});

describe('when all connections are in use', () => {
  test('a request that waits too long is a 503 that may be tried again', async () => {
    await using upstream = await ScriptedUpstream.start(() => {});
    await using proxy = await startTestProxy({
      monolith: upstream.port,
      upstream: { maxConnections: 2, connectTimeoutMs: 150 },
    });
    using _busy = await occupy(proxy.port, '/a', 2);
    using client = await RawClient.connect(proxy.port);
    const answer = await client.ask(get());
    assert.deepEqual([answer.status, answer.json()['code']], [503, 'upstream_busy']);
    assert.equal(answer.value('Retry-After'), '1');
    assert.equal(upstream.connections.length, 2);
  });

  test('one request more than may wait is a 503 at once', async () => {
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      await connection.request();
      isBusy.resolve();
    });
    const isBusy = Promise.withResolvers<void>();
    await using proxy = await startTestProxy({
      monolith: upstream.port,
      upstream: { maxConnections: 1, maxWaiting: 1 },
    });
    using _busy = await occupy(proxy.port, '/a', 1);
    await isBusy.promise;
    using _waiting = await occupy(proxy.port, '/a', 1);
    using client = await RawClient.connect(proxy.port);
    const startedAt = performance.now();
    assert.equal((await client.ask(get())).status, 503);
    assert.ok(performance.now() - startedAt < 300);
  });

  test('requests to another upstream are not held up', async () => {
    await using monolith = await ScriptedUpstream.start(() => {});
    await using service = await RecordingUpstream.start();
    await using proxy = await startTestProxy({
      monolith: monolith.port,
      service: service.port,
      routes: ['GET /new'],
      upstream: { maxConnections: 1 },
    });
    using _busy = await occupy(proxy.port, '/old', 5);
    using client = await RawClient.connect(proxy.port);
    assert.equal((await client.ask(get('/new'))).text, 'ok');
  });

  test('a client that leaves the queue makes room in it', async () => {
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      await connection.request();
      await goOn.promise;
      connection.send(OK_ANSWER);
      await answerAll(connection);
    });
    const goOn = Promise.withResolvers<void>();
    await using proxy = await startTestProxy({ monolith: upstream.port, upstream: { maxConnections: 1 } });
    using first = await RawClient.connect(proxy.port);
    const answer = first.ask(get());
    {
      using _waiting = await occupy(proxy.port, '/a', 10);
      await new Promise((turn) => setTimeout(turn, 50));
    }
    await new Promise((turn) => setTimeout(turn, 50));
    goOn.resolve();
    await answer;
    using last = await RawClient.connect(proxy.port);
    assert.equal((await last.ask(get())).text, 'ok');
    assert.deepEqual(proxy.takeReport().failures, { client_closed: 10 });
  });
});

describe('an upstream that does not take connections', () => {
  // A TLS handshake that nobody answers stands for a connect that nobody answers.
  const silent = { protocol: 'https:', connectTimeoutMs: 150 } as const;

  test('is a 504 after the time to connect, for each who waits', async () => {
    await using upstream = await ScriptedUpstream.start(() => {});
    await using proxy = await startTestProxy({ monolith: upstream.port, upstream: silent });
    const codes = await Promise.all(
      Array.from({ length: 5 }, async () => {
        using client = await RawClient.connect(proxy.port);
        const answer = await client.ask(get());
        return [answer.status, answer.json()['code']];
      }),
    );
    assert.deepEqual(codes, Array(5).fill([504, 'upstream_connect_timeout']));
  });

  test('is a 504 although the event loop was busy when the time was over', async () => {
    await using upstream = await ScriptedUpstream.start(() => {});
    await using proxy = await startTestProxy({ monolith: upstream.port, upstream: silent });
    using client = await RawClient.connect(proxy.port);
    client.send(get());
    await new Promise((turn) => setTimeout(turn, 50));
    const busyUntil = performance.now() + 400;
    while (performance.now() < busyUntil);
    assert.equal((await client.answer()).json()['code'], 'upstream_connect_timeout');
  });
});

test('an answer that came while the event loop was busy is an answer, not a timeout', async () => {
  await using upstream = await ScriptedUpstream.start(async (connection) => {
    await connection.request();
    connection.send(OK_ANSWER);
    const busyUntil = performance.now() + 300;
    while (performance.now() < busyUntil);
  });
  await using proxy = await startTestProxy({ monolith: upstream.port, upstream: { responseTimeoutMs: 100 } });
  using client = await RawClient.connect(proxy.port);
  assert.equal((await client.ask(get())).status, 200);
});

test('a second try waits its turn for the only connection, and gets a new one', async () => {
  await using upstream = await ScriptedUpstream.start(async (connection) => {
    for (;;) {
      const { startLine } = await connection.request();
      if (startLine.includes('/stale') && connection === upstream.connections[0]) {
        connection.socket.destroy();
        return;
      }
      connection.send(OK_ANSWER);
    }
  });
  await using proxy = await startTestProxy({ monolith: upstream.port, upstream: { maxConnections: 1 } });
  using first = await RawClient.connect(proxy.port);
  using second = await RawClient.connect(proxy.port);
  await first.ask(get('/warm'));
  const answers = await Promise.all([first.ask(get('/stale')), second.ask(get('/next'))]);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200],
  );
  assert.equal(upstream.connections.length, 3);
});
