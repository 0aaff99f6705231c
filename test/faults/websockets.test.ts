import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import WebSocket, { WebSocketServer } from 'ws';
import { startTestProxy, type TestProxy } from '../proxy/data-plane/test-proxy.ts';

/** 1,000,000 with FICUS_TEST_MESSAGES=1000000. */
const MESSAGES = Number(process.env['FICUS_TEST_MESSAGES'] ?? 100_000);
const AT_ONCE = 1000;

let server: WebSocketServer;
let proxy: TestProxy;

before(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  server.on('connection', (socket) => {
    socket.on('message', (data, isBinary) => {
      if (data.toString() === 'die') socket.terminate();
      else if (data.toString() === 'bye') socket.close(4001, 'over');
      else socket.send(data, { binary: isBinary });
    });
  });
  // Far shorter than these tests leave a tunnel idle.
  const upstream = { idleTimeoutMs: 200, responseTimeoutMs: 200, connectTimeoutMs: 200 };
  proxy = await startTestProxy({ monolith: (server.address() as AddressInfo).port, upstream });
});

after(async () => {
  await proxy[Symbol.asyncDispose]();
  server.close();
});

async function open(): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${proxy.port}/live`, { perMessageDeflate: false });
  await once(socket, 'open');
  return socket;
}

describe('a WebSocket through the proxy', () => {
  test(`carries ${MESSAGES} messages there and back, in order and unchanged`, {
    timeout: 300_000,
  }, async () => {
    const socket = await open();
    const sent = createHash('sha256');
    const received = createHash('sha256');
    let count = 0;
    let waiting: (() => void) | undefined;
    socket.on('message', (data: Buffer) => {
      received.update(data);
      if (++count % AT_ONCE === 0) waiting?.();
    });
    for (let i = 0; i < MESSAGES; i += AT_ONCE) {
      const back = new Promise<void>((resolve) => {
        waiting = resolve;
      });
      for (let j = i; j < i + AT_ONCE; j++) {
        const message = Buffer.from(`${j}:${'x'.repeat(j % 300)}`);
        sent.update(message);
        socket.send(message);
      }
      await back;
    }
    assert.equal(count, MESSAGES);
    assert.equal(received.digest('hex'), sent.digest('hex'));
    socket.terminate();
  });

  test('may be silent for longer than any answer', async () => {
    const socket = await open();
    await wait(1000);
    socket.send('hello');
    const [data] = await once(socket, 'message');
    assert.equal(String(data), 'hello');
    socket.terminate();
  });

  test('is closed for the client, with its code, when the upstream closes it', async () => {
    const socket = await open();
    socket.send('bye');
    const [code, reason] = await once(socket, 'close');
    assert.deepEqual([code, String(reason)], [4001, 'over']);
  });

  test('is closed for the upstream, with its code, when the client closes it', async () => {
    const joined = once(server, 'connection');
    const socket = await open();
    const [atUpstream] = await joined;
    socket.close(4002, 'enough');
    const [code, reason] = await once(atUpstream, 'close');
    assert.deepEqual([code, String(reason)], [4002, 'enough']);
  });

  test('breaks off for the client when the upstream dies', async () => {
    const socket = await open();
    socket.send('die');
    const [code] = await once(socket, 'close');
    assert.equal(code, 1006);
  });

  test('opened and left 300 times leaves none open at the upstream', async () => {
    for (let i = 0; i < 10; i++) {
      const sockets = await Promise.all(Array.from({ length: 30 }, open));
      for (const [which, socket] of sockets.entries()) {
        if (which % 2) socket.terminate();
        else socket.close();
      }
    }
    for (const deadline = performance.now() + 5000; server.clients.size > 0; await wait(20))
      assert.ok(performance.now() < deadline, `${server.clients.size} are left`);
    assert.equal(proxy.monolithConnections(), 0, 'no tunnel is a connection for others');
  });
});
