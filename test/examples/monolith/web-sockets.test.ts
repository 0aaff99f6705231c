import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import WebSocket from 'ws';
import { login } from '../../../examples/monolith/paths.ts';
import { sendRaw } from './send-raw.ts';
import { startTestMonolith, type TestMonolith } from './start-test-monolith.ts';

let monolith: TestMonolith;
let cookie: string;
before(async () => {
  monolith = await startTestMonolith();
  cookie = await login(monolith.url);
});
after(() => monolith.close());

async function open(path: string, headers: Record<string, string> = {}): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${monolith.port}${path}`, { headers });
  await once(socket, 'open');
  return socket;
}

async function exchange(socket: WebSocket, message: string | Buffer, answers: number) {
  const received: { data: Buffer; isBinary: boolean }[] = [];
  const enough = new Promise<void>((done) => {
    socket.on('message', (data: Buffer, isBinary) => {
      received.push({ data, isBinary });
      if (received.length === answers) done();
    });
  });
  socket.send(message);
  await enough;
  socket.close();
  return received;
}

for (const message of ['Grüße 👋', '', Buffer.from([0, 255, 128]), Buffer.alloc(200_000, 7)]) {
  test(`echo gives ${message.length} ${typeof message === 'string' ? 'characters' : 'bytes'} back as they were`, async () => {
    const [answer] = await exchange(await open('/ws/echo'), message, 1);
    assert.equal(answer?.isBinary, typeof message !== 'string');
    assert.ok(answer?.data.equals(Buffer.from(message)));
  });
}

test('a subscription brings the orders after the one that is named', async () => {
  const socket = await open('/ws/orders?x=1', { Cookie: cookie });
  const answers = await exchange(socket, '{"subscribe":"orders","after":10,"count":3}', 3);
  assert.deepEqual(
    answers.map(({ data }) => JSON.parse(String(data)).order.ORD_NO),
    [11, 12, 13],
  );
});

test('any other message is answered with what to send', async () => {
  for (const message of [
    'hello',
    '{"subscribe":"all"}',
    'null',
    '{"subscribe":"orders","count":-1}',
    Buffer.from('{"subscribe":"orders"}'),
  ]) {
    const [answer] = await exchange(await open('/ws/orders', { Cookie: cookie }), message, 1);
    assert.match(String(answer?.data), /^\{"problem":"Send /);
  }
});

test('a message over 1 MB closes the socket with 1009', async () => {
  const socket = await open('/ws/echo');
  socket.send(Buffer.alloc(1024 * 1024 + 1));
  const [code] = (await once(socket, 'close')) as [number];
  assert.equal(code, 1009);
});

const upgrade = {
  Upgrade: 'websocket',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version': '13',
};

async function upgradeStatus(path: string): Promise<string> {
  const socket = connect(monolith.port, '127.0.0.1');
  const lines = Object.entries({ Host: 'x', Connection: 'Upgrade', ...upgrade }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return bytes.toString().split('\r\n')[0] ?? '';
}

test('an upgrade without a login: 401; to another path: 404; else 101', async () => {
  assert.equal(await upgradeStatus('/ws/orders'), 'HTTP/1.1 401 Unauthorized');
  assert.equal(await upgradeStatus('/ws/no'), 'HTTP/1.1 404 Not Found');
  assert.equal(await upgradeStatus('/ws/echo'), 'HTTP/1.1 101 Switching Protocols');
});

test('a plain GET of a WebSocket: 404', async () => {
  assert.equal((await sendRaw(monolith.port, { path: '/ws/echo' })).status, 404);
});
