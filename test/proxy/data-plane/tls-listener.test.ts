import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import tls, { type TLSSocket } from 'node:tls';
import type { ListenerTls } from '../../../proxy/data-plane/client-server.ts';
import { RawClient } from '../../support/raw-client.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { ScriptedUpstream } from '../../support/scripted-upstream.ts';
import { authority, localServer, otherServer } from '../../support/test-certificates.ts';
import { startTestProxy } from './test-proxy.ts';

const request = 'GET /a HTTP/1.1\r\nHost: shop\r\n\r\n';
const tlsOf = (pair: { cert: string; key: string }): ListenerTls => ({
  ...pair,
  minVersion: 'TLSv1.2',
  ticketKeys: randomBytes(48),
});
const address = { tls: tlsOf(localServer) };

async function connect(t: TestContext, port: number): Promise<{ client: RawClient; socket: TLSSocket }> {
  const socket = tls.connect({ port, host: '127.0.0.1', ca: authority, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  t.after(() => socket.destroy());
  return { client: new RawClient(socket), socket };
}

describe('a client that comes by TLS', { timeout: 20_000 }, () => {
  test('is served as any other, and the upstream is told', async (t) => {
    await using upstream = await RecordingUpstream.start();
    await using proxy = await startTestProxy({ monolith: upstream.port, address });
    const { client } = await connect(t, proxy.port);
    assert.equal((await client.ask(request)).text, 'ok');
    assert.equal((await client.ask(request)).text, 'ok');
    const [first] = upstream.requests;
    assert.equal(first!.value('X-Forwarded-Proto'), 'https');
    assert.equal(first!.value('Forwarded'), 'for=127.0.0.1;host="shop";proto=https');
  });

  test('whose handshake comes to nothing is counted', async () => {
    await using proxy = await startTestProxy({ monolith: 1, address });
    using client = await RawClient.connect(proxy.port);
    client.send('GET /a HTTP/1.1\r\nHost: shop\r\n\r\n');
    await client.ending();
    assert.equal(proxy.takeReport().failedHandshakes, 1);
  });

  test('is redirected to https', async (t) => {
    await using upstream = await RecordingUpstream.start(
      () =>
        `HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:${upstream.port}/b\r\nContent-Length: 0\r\n\r\n`,
    );
    await using proxy = await startTestProxy({ monolith: upstream.port, address });
    const { client } = await connect(t, proxy.port);
    assert.equal((await client.ask(request)).value('Location'), 'https://shop/b');
  });

  test('sends and gets 5 MB, each way whole', async (t) => {
    const body = randomBytes(5_000_000);
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      const { body: received } = await connection.request();
      connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${received.length}\r\n\r\n`);
      connection.send(received);
    });
    await using proxy = await startTestProxy({ monolith: upstream.port, address });
    const { client } = await connect(t, proxy.port);
    client.send(`POST /a HTTP/1.1\r\nHost: shop\r\nContent-Length: ${body.length}\r\n\r\n`);
    client.send(body);
    assert.ok((await client.answer()).body.equals(body));
  });

  test('sees half an answer as a broken one', async (t) => {
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      await connection.request();
      connection.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n');
      connection.end();
    });
    await using proxy = await startTestProxy({ monolith: upstream.port, address });
    const { client } = await connect(t, proxy.port);
    await assert.rejects(client.ask(request));
  });

  test('may not speak plain HTTP', async () => {
    await using upstream = await RecordingUpstream.start();
    await using proxy = await startTestProxy({ monolith: upstream.port, address });
    using client = await RawClient.connect(proxy.port);
    await assert.rejects(client.ask(request));
    assert.equal(upstream.requests.length, 0);
  });

  test('is shown the new certificate, while those before stay and are served', async (t) => {
    await using upstream = await RecordingUpstream.start();
    await using proxy = await startTestProxy({ monolith: upstream.port, address });
    const before = await connect(t, proxy.port);
    assert.equal((await before.client.ask(request)).text, 'ok');
    proxy.setTls(tlsOf(otherServer));
    const after = await connect(t, proxy.port);
    assert.equal(before.socket.getPeerCertificate().subject['CN'], 'server');
    assert.equal(after.socket.getPeerCertificate().subject['CN'], 'other');
    assert.equal((await before.client.ask(request)).text, 'ok');
    assert.equal((await after.client.ask(request)).text, 'ok');
  });

  test('is let go cleanly when the proxy stops', async (t) => {
    await using upstream = await RecordingUpstream.start();
    await using proxy = await startTestProxy({ monolith: upstream.port, address });
    const { client, socket } = await connect(t, proxy.port);
    await client.ask(request);
    const ended = once(socket, 'end');
    await proxy.close(1000);
    await ended;
  });

  test('that stops in the middle of its handshake does not keep the proxy from stopping', async (t) => {
    await using upstream = await RecordingUpstream.start();
    await using proxy = await startTestProxy({ monolith: upstream.port, address });
    const silent = net.connect(proxy.port, '127.0.0.1');
    t.after(() => silent.destroy());
    await once(silent, 'connect');
    const { client } = await connect(t, proxy.port);
    await client.ask(request);
    const startedAt = performance.now();
    await proxy.close(1000);
    assert.ok(performance.now() - startedAt < 5000);
  });
});
