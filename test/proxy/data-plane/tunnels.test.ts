import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { describe, test } from 'node:test';
import { openTunnel as openTunnelTo } from '../../../proxy/data-plane/tunnel.ts';
import { RawClient } from '../../support/raw-client.ts';
import { ScriptedUpstream, type UpstreamEnd } from '../../support/scripted-upstream.ts';
import { sampleUpstream } from '../routing/sample-routing.ts';
import { agreed, handshake } from './handshake.ts';
import { startTestProxy, type TestProxy } from './test-proxy.ts';

interface OpenTunnel extends AsyncDisposable {
  readonly client: RawClient;
  readonly upstream: UpstreamEnd;
  readonly proxy: TestProxy;
}

async function openTunnel(): Promise<OpenTunnel> {
  const joined = Promise.withResolvers<UpstreamEnd>();
  const upstream = await ScriptedUpstream.start(async (connection) => {
    await connection.request();
    connection.send(agreed());
    joined.resolve(connection);
  });
  const proxy = await startTestProxy({ monolith: upstream.port });
  const client = await RawClient.connect(proxy.port);
  await client.ask(handshake('/live'));
  return {
    client,
    upstream: await joined.promise,
    proxy,
    async [Symbol.asyncDispose]() {
      client.socket.destroy();
      await proxy[Symbol.asyncDispose]();
      await upstream.close();
    },
  };
}

/** Resolves once the proxy takes no more connections. */
async function untilRefused(port: number): Promise<void> {
  const isRefused = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('connect', () => resolve(socket.destroy() === undefined));
      socket.on('error', () => resolve(true));
    });
  while (!(await isRefused())) await new Promise((turn) => setTimeout(turn, 20));
}

describe('an open tunnel', () => {
  test('carries any bytes', async () => {
    await using tunnel = await openTunnel();
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i)).toString('latin1');
    tunnel.client.send(bytes);
    await tunnel.upstream.text(bytes);
    tunnel.upstream.send(bytes);
    await tunnel.client.text(bytes);
  });

  test('whose upstream says its last and closes brings all of it to a slow client', async () => {
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      await connection.request();
      connection.send(`${agreed()}last words`);
      connection.end();
    });
    const taken: string[] = [];
    const slow = new Duplex({
      read() {},
      write(chunk, _encoding, done) {
        setTimeout(() => done(void taken.push(String(chunk))), 50);
      },
    });
    const client = Object.assign(slow, { setTimeout: () => client }) as unknown as Socket;
    const result = await openTunnelTo(sampleUpstream('monolith', upstream.port), handshake('/live'), client);
    assert.ok(result.outcome === 'agreed');
    client.write('head');
    result.joinTo(client, Buffer.alloc(0));
    await once(client, 'finish');
    assert.deepEqual(taken, ['head', 'last words']);
    client.destroy();
  });

  test('whose client says its last and closes brings all of it to a slow upstream', async () => {
    await using tunnel = await openTunnel();
    const last = 5_000_000;
    tunnel.upstream.socket.pause();
    tunnel.client.send(Buffer.alloc(last, 'x'));
    tunnel.client.end();
    await new Promise((turn) => setTimeout(turn, 100));
    tunnel.upstream.socket.resume();
    assert.equal(await tunnel.upstream.ending(), 'closed');
    assert.equal(tunnel.upstream.unread.length, last);
  });

  test('whose client is reset is over for the upstream', async () => {
    await using tunnel = await openTunnel();
    tunnel.client.reset();
    await tunnel.upstream.ending();
  });

  test('whose upstream is reset is over for the client', async () => {
    await using tunnel = await openTunnel();
    tunnel.upstream.reset();
    await tunnel.client.ending();
  });

  test('holds back a side whose other side does not read', async () => {
    await using tunnel = await openTunnel();
    tunnel.client.socket.pause();
    const { socket } = tunnel.upstream;
    let isStuck = false;
    for (let i = 0; i < 1000 && !isStuck; i++) {
      if (socket.write(Buffer.alloc(65_536))) continue;
      isStuck = await Promise.race([
        once(socket, 'drain').then(() => false),
        new Promise<true>((resolve) => setTimeout(() => resolve(true), 400)),
      ]);
    }
    assert.ok(isStuck, '65 MB went through to a client that read nothing');
  });

  test('ends when the proxy stops', async () => {
    await using tunnel = await openTunnel();
    const stopped = tunnel.proxy.close(1000);
    await tunnel.client.ending();
    await tunnel.upstream.ending();
    await stopped;
  });

  test('is told 1001 as soon as the proxy stops, between two frames', async () => {
    await using tunnel = await openTunnel();
    tunnel.upstream.send(Buffer.from('\x82\x05hel', 'latin1'));
    await tunnel.client.text('\x82\x05hel');
    const stopped = tunnel.proxy.close(60_000);
    // It is still in a frame when its turn comes: once this is refused the listener has stopped.
    await untilRefused(tunnel.proxy.port);
    tunnel.upstream.send(Buffer.from('lo\x82\x01x', 'latin1'));
    await tunnel.client.text('lo\x88\x02\x03\xe9');
    // What the client says to that still goes to the upstream, which then ends it all.
    tunnel.client.send(Buffer.from('\x88\x82\0\0\0\0\x03\xe9', 'latin1'));
    await tunnel.upstream.text('\x88\x82\0\0\0\0\x03\xe9');
    tunnel.upstream.send('\x81\x00');
    tunnel.upstream.end();
    assert.equal(await tunnel.client.ending(), 'closed');
    assert.equal(
      tunnel.client.unread.toString('latin1'),
      '\x82\x05hello\x88\x02\x03\xe9',
      'nothing behind it',
    );
    tunnel.client.end();
    await stopped;
  });

  test('opened while the proxy stops already is told at once', async () => {
    const asked = Promise.withResolvers<UpstreamEnd>();
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      await connection.request();
      asked.resolve(connection);
    });
    const proxy = await startTestProxy({ monolith: upstream.port });
    using client = await RawClient.connect(proxy.port);
    client.send(handshake('/live'));
    const connection = await asked.promise;
    const stopped = proxy.close(60_000);
    await untilRefused(proxy.port);
    connection.send(agreed());
    assert.equal((await client.answer()).status, 101);
    await client.text('\x88\x02\x03\xe9');
    client.reset();
    await stopped;
  });

  test('never becomes a connection for other requests', async () => {
    await using tunnel = await openTunnel();
    assert.equal(tunnel.proxy.monolithConnections(), 0);
  });
});

describe('a refused upgrade', () => {
  async function refusedWith(play: (connection: UpstreamEnd) => void | Promise<void>, idleTimeoutMs = 300) {
    const upstream = await ScriptedUpstream.start(async (connection) => {
      await connection.request();
      await play(connection);
    });
    const proxy = await startTestProxy({ monolith: upstream.port, upstream: { idleTimeoutMs } });
    const client = await RawClient.connect(proxy.port);
    client.send(handshake('/live'));
    return {
      client,
      async [Symbol.asyncDispose]() {
        client.socket.destroy();
        await proxy[Symbol.asyncDispose]();
        await upstream.close();
      },
    };
  }

  const answers: [name: string, answer: string, body: string][] = [
    ['a sized body', 'HTTP/1.1 403 Forbidden\r\nX-A: 1\r\nContent-Length: 2\r\n\r\nno', 'no'],
    ['no body', 'HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n', ''],
    [
      'chunks',
      'HTTP/1.1 403 Forbidden\r\nX-A: 1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n3\r\npe!\r\n0\r\n\r\n',
      'nope!',
    ],
    [
      'interim answers before it',
      'HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 403 Forbidden\r\nX-A: 1\r\nContent-Length: 2\r\n\r\nno',
      'no',
    ],
  ];
  for (const [name, answer, body] of answers) {
    test(`with ${name} is an ordinary answer, and the last one`, async () => {
      await using refused = await refusedWith((connection) => connection.send(answer));
      const got = await refused.client.answer();
      assert.deepEqual([got.text, got.value('X-A'), got.value('Connection')], [body, '1', 'close']);
      assert.equal(await refused.client.ending(), 'closed');
    });
  }

  test('that lasts until the connection closes is an ordinary answer', async () => {
    await using refused = await refusedWith((connection) => {
      connection.send('HTTP/1.1 403 Forbidden\r\n\r\nno');
      connection.end();
    });
    assert.equal((await refused.client.answer()).text, 'no');
  });

  test('of 5 MB reaches a slow client whole', async () => {
    await using refused = await refusedWith((connection) => {
      connection.send('HTTP/1.1 403 Forbidden\r\nContent-Length: 5000000\r\n\r\n');
      connection.send(Buffer.alloc(5_000_000));
    }, 30_000);
    refused.client.socket.pause();
    await new Promise((turn) => setTimeout(turn, 100));
    refused.client.socket.resume();
    assert.equal((await refused.client.answer()).body.length, 5_000_000);
  });

  const broken: [name: string, play: (connection: UpstreamEnd) => void | Promise<void>][] = [
    ['closes', (connection) => connection.end()],
    ['resets', (connection) => connection.reset()],
    ['turns to nonsense', (connection) => connection.send('nonsense\r\n')],
    ['falls silent', () => {}],
  ];
  for (const [name, breakOff] of broken) {
    test(`whose upstream ${name} in the middle is broken for the client, not ended`, async () => {
      const seen = Promise.withResolvers<void>();
      await using refused = await refusedWith(async (connection) => {
        connection.send('HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n');
        await seen.promise;
        breakOff(connection);
      });
      await refused.client.text('half');
      seen.resolve();
      assert.equal(await refused.client.ending(), 'reset');
    });
  }
});
