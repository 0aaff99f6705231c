import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';
import { RawClient } from '../../support/raw-client.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { closedPort, ScriptedUpstream } from '../../support/scripted-upstream.ts';
import { clientLines } from './exchange.ts';
import { agreed, handshake } from './handshake.ts';
import { startTestProxy } from './test-proxy.ts';

/** A WebSocket server of the npm package `ws` that sends back what it gets. */
async function startEchoServer(): Promise<{ port: number } & Disposable> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  server.on('connection', (socket) => {
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  const close = (): void => {
    for (const client of server.clients) client.terminate();
    server.close();
  };
  return { port: (server.address() as AddressInfo).port, [Symbol.dispose]: close };
}

async function openWebSocket(port: number): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/live`);
  await once(socket, 'open');
  return socket;
}

describe('a WebSocket', () => {
  test('carries messages both ways, and both ends see it close', async () => {
    using echo = await startEchoServer();
    await using proxy = await startTestProxy({ monolith: echo.port });
    const socket = await openWebSocket(proxy.port);
    socket.send('hello');
    const [data] = await once(socket, 'message');
    assert.equal(data.toString(), 'hello');
    socket.close(4001, 'done');
    const [code, reason] = await once(socket, 'close');
    assert.deepEqual([code, reason.toString()], [4001, 'done']);
    assert.equal(proxy.takeReport().upgrades, 1);
  });

  test('carries 1,000 messages of 10 kB in order', async () => {
    using echo = await startEchoServer();
    await using proxy = await startTestProxy({ monolith: echo.port });
    const socket = await openWebSocket(proxy.port);
    const received: number[] = [];
    const all = new Promise<void>((resolve) => {
      socket.on('message', (data: Buffer) => {
        if (received.push(data.readUInt32BE(0)) === 1000) resolve();
      });
    });
    for (let i = 0; i < 1000; i++) {
      const message = Buffer.alloc(10_000, i);
      message.writeUInt32BE(i);
      socket.send(message);
    }
    await all;
    assert.deepEqual(received, [...Array(1000).keys()]);
    socket.terminate();
  });

  test('goes to the service where the route does', async () => {
    using echo = await startEchoServer();
    await using monolith = await RecordingUpstream.start();
    await using proxy = await startTestProxy({
      monolith: monolith.port,
      service: echo.port,
      routes: ['GET /live'],
    });
    (await openWebSocket(proxy.port)).terminate();
    assert.equal(monolith.requests.length, 0);
  });

  test('whose service is away goes to the monolith, which is counted', async () => {
    using echo = await startEchoServer();
    const service = await closedPort();
    await using proxy = await startTestProxy({ monolith: echo.port, service, routes: ['GET /live'] });
    (await openWebSocket(proxy.port)).terminate();
    assert.equal(proxy.takeReport().migrations['catalog']?.fallbacks, 1);
  });
});

describe('the handshake', () => {
  test('reaches the upstream with its own headers and without what is for this hop', async () => {
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      const request = await connection.request();
      assert.equal(request.startLine, 'GET /live?x=1 HTTP/1.1');
      assert.deepEqual(clientLines(request), [
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
        'Sec-WebSocket-Protocol: chat, superchat',
        'Origin: http://shop',
        'Cookie: sid=1',
        'Connection: Upgrade',
        'Upgrade: websocket',
      ]);
      assert.equal(request.value('X-Forwarded-For'), '127.0.0.1');
      connection.send(
        agreed('Sec-WebSocket-Protocol: chat', 'Ficus-Upstream: evil', 'Content-Length: 5', 'X-Kept: 1'),
      );
    });
    await using proxy = await startTestProxy({ monolith: upstream.port });
    using client = await RawClient.connect(proxy.port);
    const lines = [
      'Sec-WebSocket-Protocol: chat, superchat',
      'Origin: http://shop',
      'Cookie: sid=1',
      'X-Forwarded-For: 10.0.0.1',
      'Keep-Alive: timeout=5',
    ];
    const answer = await client.ask(handshake('/live?x=1', ...lines));
    assert.equal(answer.startLine, 'HTTP/1.1 101 Switching Protocols');
    assert.deepEqual(answer.lines, [
      'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
      'Sec-WebSocket-Protocol: chat',
      'X-Kept: 1',
      'Connection: Upgrade',
      'Upgrade: websocket',
    ]);
  });

  test('what the client sends early reaches the upstream only after it has agreed', async () => {
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      await connection.request();
      await new Promise((turn) => setTimeout(turn, 100));
      assert.equal(connection.unread.length, 0, 'nothing before 101');
      connection.send(agreed());
      await connection.text('early');
      connection.send('got it');
    });
    await using proxy = await startTestProxy({ monolith: upstream.port });
    using client = await RawClient.connect(proxy.port);
    client.send(`${handshake('/live')}ear`);
    client.send('ly');
    assert.equal((await client.answer()).status, 101);
    await client.text('got it');
  });

  test('what the upstream sends in one packet with its 101 reaches the client', async () => {
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      await connection.request();
      connection.send(`${agreed()}first frame`);
    });
    await using proxy = await startTestProxy({ monolith: upstream.port });
    using client = await RawClient.connect(proxy.port);
    client.send(handshake('/live'));
    assert.equal((await client.answer()).status, 101);
    await client.text('first frame');
  });

  test('early bytes never reach an upstream that refuses', async () => {
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      await connection.request();
      connection.send('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno');
      await connection.ending();
      seen.resolve(connection.unread.toString());
    });
    const seen = Promise.withResolvers<string>();
    await using proxy = await startTestProxy({ monolith: upstream.port });
    using client = await RawClient.connect(proxy.port);
    client.send(`${handshake('/live')}GET /smuggled HTTP/1.1\r\nHost: shop\r\n\r\n`);
    assert.equal((await client.answer()).text, 'no');
    assert.equal(await seen.promise, '');
  });

  const wrong: [name: string, answer: string][] = [
    ['a wrong Sec-WebSocket-Accept', agreed().replace('s3pP', 'S3pP')],
    ['no Sec-WebSocket-Accept', agreed().replace(/Sec-WebSocket-Accept: .*\r\n/, '')],
    ['another protocol', agreed().replace('Upgrade: websocket', 'Upgrade: h2c')],
    ['nonsense', 'nonsense\r\n\r\n'],
    ['nothing', ''],
    ['half a head', 'HTTP/1.1 101 Switch'],
  ];
  for (const [name, answer] of wrong) {
    test(`answered with ${name} is a 502, and the upstream connection is closed`, async () => {
      await using upstream = await ScriptedUpstream.start(async (connection) => {
        await connection.request();
        connection.send(answer);
        if (!answer.endsWith('\r\n\r\n')) connection.end();
        await connection.ending();
        closed.resolve();
      });
      const closed = Promise.withResolvers<void>();
      await using proxy = await startTestProxy({ monolith: upstream.port });
      using client = await RawClient.connect(proxy.port);
      const got = await client.ask(handshake('/live'));
      assert.deepEqual([got.status, got.value('Content-Type')], [502, 'application/problem+json']);
      assert.equal(await client.ending(), 'closed');
      await closed.promise;
      assert.equal(proxy.takeReport().upgrades, 0);
    });
  }

  test('in a version that the upstream does not speak gets its answer, with the versions that it does', async () => {
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      const request = await connection.request();
      assert.equal(request.value('Sec-WebSocket-Version'), '99');
      connection.send(
        'HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13, 8\r\nContent-Length: 0\r\n\r\n',
      );
    });
    await using proxy = await startTestProxy({ monolith: upstream.port });
    using client = await RawClient.connect(proxy.port);
    const answer = await client.ask(handshake('/live').replace('Version: 13', 'Version: 99'));
    assert.equal(answer.status, 426);
    assert.deepEqual(
      ['Sec-WebSocket-Version', 'Upgrade', 'Connection'].map((name) => answer.value(name)),
      ['13, 8', 'websocket', 'close, Upgrade'],
    );
    assert.equal(await client.ending(), 'closed');
  });

  test('answered by nobody is a 504', async () => {
    await using upstream = await ScriptedUpstream.start(() => {});
    await using proxy = await startTestProxy({
      monolith: upstream.port,
      upstream: { responseTimeoutMs: 150 },
    });
    using client = await RawClient.connect(proxy.port);
    assert.equal((await client.ask(handshake('/live'))).status, 504);
  });

  test('to a port where nobody listens is a 502', async () => {
    await using proxy = await startTestProxy({ monolith: await closedPort() });
    using client = await RawClient.connect(proxy.port);
    assert.equal((await client.ask(handshake('/live'))).status, 502);
  });

  test('of a malformed request is a 400', async () => {
    await using upstream = await RecordingUpstream.start();
    await using proxy = await startTestProxy({ monolith: upstream.port });
    using client = await RawClient.connect(proxy.port);
    const answer = await client.ask(handshake('/live#x'));
    assert.deepEqual([answer.status, answer.value('Connection')], [400, 'close']);
    assert.equal(await client.ending(), 'closed');
    assert.equal(upstream.requests.length, 0);
  });

  test('of a client that leaves meanwhile goes nowhere else, and its upstream connection ends', async () => {
    await using monolith = await RecordingUpstream.start();
    await using service = await ScriptedUpstream.start(async (connection) => {
      await connection.request();
      asked.resolve();
      await connection.ending();
      ended.resolve();
    });
    const asked = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    await using proxy = await startTestProxy({
      monolith: monolith.port,
      service: service.port,
      routes: ['* /live'],
    });
    const client = await RawClient.connect(proxy.port);
    client.send(handshake('/live'));
    await asked.promise;
    client.reset();
    await ended.promise;
    assert.deepEqual(proxy.takeReport().migrations, {}, 'no fallback');
    assert.equal(monolith.connectionCount, 0);
  });
});

describe('a handshake that could not go well', () => {
  test('is refused at once while the breaker of its upstream is open, which handshakes alone can open', async () => {
    await using proxy = await startTestProxy({
      monolith: await closedPort(),
      upstream: { breaker: { failures: 2, windowMs: 10_000, openMs: 60_000, counts: 'any' } },
    });
    const codes: string[] = [];
    for (let i = 0; i < 3; i++) {
      using client = await RawClient.connect(proxy.port);
      codes.push(JSON.parse((await client.ask(handshake('/live'))).text).code);
    }
    assert.deepEqual(codes, ['upstream_connect', 'upstream_connect', 'upstream_open']);
    assert.equal(proxy.takeReport().upstreams['monolith']?.refused.open, 1);
  });

  test('closes the breaker again when it is the probe and is answered', async () => {
    await using upstream = await ScriptedUpstream.start(async (connection, index) => {
      await connection.request();
      if (index === 0) connection.reset();
      else connection.send(agreed());
    });
    await using proxy = await startTestProxy({
      monolith: upstream.port,
      upstream: { breaker: { failures: 1, windowMs: 10_000, openMs: 0, counts: 'any' } },
    });
    using failing = await RawClient.connect(proxy.port);
    assert.equal((await failing.ask(handshake('/live'))).status, 502);
    using probing = await RawClient.connect(proxy.port);
    assert.equal((await probing.ask(handshake('/live'))).status, 101);
    const { state, transitions } = proxy.takeReport().upstreams['monolith']!;
    assert.deepEqual([state, transitions.open, transitions.closed], ['closed', 1, 1]);
  });

  test('is refused while requests are, without asking anybody', async () => {
    await using upstream = await RecordingUpstream.start();
    const shedding = { sheds: () => true, reason: 'memory', pressedBy: 'memory', close() {} } as const;
    await using proxy = await startTestProxy({ monolith: upstream.port, shedding });
    using client = await RawClient.connect(proxy.port);
    const answer = await client.ask(handshake('/live'));
    assert.deepEqual([answer.status, answer.value('Retry-After')], [503, '1']);
    assert.equal(await client.ending(), 'closed');
    assert.equal(upstream.connectionCount, 0);
    assert.equal(proxy.takeReport().failures['overloaded'], 1);
  });
});

describe('an upgrade that is none', () => {
  const plain: [name: string, request: string][] = [
    ['to another protocol', handshake('/a').replace('Upgrade: websocket', 'Upgrade: h2c')],
    ['with another method', handshake('/a').replace('GET', 'POST')],
    ['without Connection', handshake('/a').replace('Connection: Upgrade\r\n', '')],
    ['without a key', handshake('/a').replace(/Sec-WebSocket-Key: .*\r\n/, '')],
    ['with a malformed key', handshake('/a').replace('dGhl', 'dGh')],
    ['with two keys', handshake('/a', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==')],
    ['with no number for a version', handshake('/a').replace('Version: 13', 'Version: 13, 8')],
    ['with two versions', handshake('/a', 'Sec-WebSocket-Version: 8')],
    ['with a body', handshake('/a', 'Content-Length: 0')],
    ['in HTTP/1.0', handshake('/a').replace('HTTP/1.1', 'HTTP/1.0')],
    ['to two protocols', handshake('/a').replace('Upgrade: websocket', 'Upgrade: websocket, h2c')],
  ];
  for (const [name, request] of plain) {
    test(`${name} is answered as the plain request that it is`, async () => {
      await using upstream = await RecordingUpstream.start();
      await using proxy = await startTestProxy({ monolith: upstream.port });
      using client = await RawClient.connect(proxy.port);
      assert.equal((await client.ask(request)).text, 'ok');
      assert.equal(upstream.request.value('Upgrade'), undefined);
      assert.equal(upstream.request.value('Connection'), undefined);
    });
  }
});
