import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import tls, { type TLSSocket } from 'node:tls';
import {
  type ClientServerOptions,
  createClientServer,
  type ListenerTls,
} from '../../../proxy/data-plane/client-server.ts';
import { authority, localServer, otherServer } from '../../support/test-certificates.ts';

const options = { timeout: 20_000 };
const tlsWith = (pair: { cert: string; key: string }, changes: Partial<ListenerTls> = {}): ListenerTls => ({
  ...pair,
  minVersion: 'TLSv1.2',
  ticketKeys: randomBytes(48),
  ...changes,
});

/** A server that sends back what it gets, and says what it has met. */
async function start(t: TestContext, changes: Partial<ClientServerOptions> = {}) {
  const failed: Error[] = [];
  const open = new Set<Socket>();
  const client = createClientServer({
    tls: tlsWith(localServer),
    protocols: ['http/1.1'],
    onConnection(socket) {
      open.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => open.delete(socket));
      socket.pipe(socket);
    },
    onHandshakeFailed: (error) => failed.push(error),
    ...changes,
  });
  client.server.listen(0, '127.0.0.1');
  await once(client.server, 'listening');
  t.after(() => {
    client.server.close();
    for (const socket of open) socket.destroy();
  });
  return { ...client, failed, port: (client.server.address() as AddressInfo).port };
}

async function connectTls(
  t: TestContext,
  port: number,
  changes: tls.ConnectionOptions = {},
): Promise<TLSSocket> {
  const socket = tls.connect({
    port,
    host: '127.0.0.1',
    ca: authority,
    rejectUnauthorized: false,
    ...changes,
  });
  t.after(() => socket.destroy());
  await once(socket, 'secureConnect');
  return socket;
}

const nameOf = (socket: TLSSocket) => socket.getPeerCertificate().subject['CN'];

async function echo(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  return chunk.toString();
}

test('without TLS a connection is handed on as it comes', options, async (t) => {
  const { port, setTls } = await start(t, { tls: undefined });
  const socket = net.connect(port, '127.0.0.1');
  t.after(() => socket.destroy());
  assert.equal(await echo(socket, 'hello'), 'hello');
  setTls(tlsWith(localServer));
  assert.equal(await echo(socket, 'again'), 'again');
});

test('with TLS a client is shown a certificate that it can check', options, async (t) => {
  const { port } = await start(t);
  const socket = await connectTls(t, port, { rejectUnauthorized: true, ALPNProtocols: ['http/1.1'] });
  assert.equal(socket.alpnProtocol, 'http/1.1');
  assert.equal(await echo(socket, 'hello'), 'hello');
});

test('a client that ends its side is still answered', options, async (t) => {
  const { port } = await start(t, {
    onConnection(socket) {
      socket.resume();
      socket.on('end', () => setImmediate(() => socket.end('late')));
    },
  });
  const socket = await connectTls(t, port);
  socket.end('hello');
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  assert.equal(chunk.toString(), 'late');
});

test('a new certificate is shown to new clients, and those connected stay', options, async (t) => {
  const { port, setTls } = await start(t);
  const before = await connectTls(t, port);
  assert.equal(nameOf(before), 'server');
  setTls(tlsWith(otherServer));
  const after = await connectTls(t, port);
  assert.equal(nameOf(after), 'other');
  assert.equal(await echo(before, 'still here'), 'still here');
  assert.equal(await echo(after, 'new here'), 'new here');
});

test('no connection fails while certificates change', options, async (t) => {
  const { port, setTls, failed } = await start(t);
  const seen = new Set<string>();
  for (let round = 0; round < 40; round++) {
    setTls(tlsWith(round % 2 === 0 ? otherServer : localServer));
    const sockets = await Promise.all([connectTls(t, port), connectTls(t, port)]);
    for (const socket of sockets) {
      seen.add(String(nameOf(socket)));
      assert.equal(await echo(socket, 'hello'), 'hello');
      socket.destroy();
    }
  }
  assert.deepEqual([...seen].sort(), ['other', 'server']);
  assert.deepEqual(failed, []);
});

describe('a TLS session', () => {
  async function session(t: TestContext, port: number): Promise<Buffer> {
    const socket = await connectTls(t, port, { maxVersion: 'TLSv1.2' });
    const ticket = socket.getSession()!;
    socket.destroy();
    return ticket;
  }

  test('of one worker is resumed by another', options, async (t) => {
    const shared = tlsWith(localServer);
    const [one, other] = [await start(t, { tls: shared }), await start(t, { tls: shared })];
    const ticket = await session(t, one.port);
    const socket = await connectTls(t, other.port, { maxVersion: 'TLSv1.2', session: ticket });
    assert.ok(socket.isSessionReused());
  });

  test('is not resumed once the certificate has changed', options, async (t) => {
    const { port, setTls } = await start(t);
    const ticket = await session(t, port);
    setTls(tlsWith(otherServer));
    const socket = await connectTls(t, port, { maxVersion: 'TLSv1.2', session: ticket });
    assert.ok(!socket.isSessionReused());
    assert.equal(nameOf(socket), 'other');
  });
});

describe('a handshake comes to nothing, and the next client is served', () => {
  const attempts: [what: string, attempt: (port: number) => Socket][] = [
    ['plain HTTP', (port) => net.connect(port, '127.0.0.1').end('GET / HTTP/1.1\r\nHost: a\r\n\r\n')],
    ['nonsense', (port) => net.connect(port, '127.0.0.1').end(randomBytes(500))],
    ['half a record', (port) => net.connect(port, '127.0.0.1').end('\x16\x03\x01\x02\x00\x01')],
    [
      'a reset',
      (port) => {
        const socket = net.connect(port, '127.0.0.1');
        socket.write('\x16\x03\x01\x02\x00\x01', () => socket.resetAndDestroy());
        return socket;
      },
    ],
    ['silence', (port) => net.connect(port, '127.0.0.1')],
    ['too old a version', (port) => tls.connect({ port, host: '127.0.0.1', maxVersion: 'TLSv1.2' })],
    ['an unknown protocol', (port) => tls.connect({ port, host: '127.0.0.1', ALPNProtocols: ['spdy/1'] })],
  ];
  for (const [what, attempt] of attempts) {
    test(`after ${what}`, options, async (t) => {
      let failures = 0;
      let wake = () => {};
      const { port } = await start(t, {
        tls: tlsWith(localServer, { minVersion: 'TLSv1.3' }),
        handshakeTimeoutMs: 200,
        onHandshakeFailed: () => {
          failures++;
          wake();
        },
      });
      const failed = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const socket = attempt(port);
      socket.on('error', () => {});
      const closed = new Promise((resolve) => socket.on('close', resolve));
      socket.resume();
      await Promise.all([failed, closed]);
      const next = await connectTls(t, port);
      assert.equal(await echo(next, 'hello'), 'hello');
      assert.equal(failures, 1);
    });
  }
});
