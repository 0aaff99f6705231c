import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import express from 'express';
import { sendStream } from '../../../examples/monolith/send-stream.ts';
import { parseAnswer } from './send-raw.ts';

async function serve(context: TestContext, pieces: () => AsyncIterable<string>) {
  const app = express();
  app.get('/', (request, response) => sendStream(request, response, pieces()));
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  context.after(() => {
    socket.destroy();
    server.closeAllConnections();
    server.close();
  });
  return socket;
}

test('a client that reads nothing gets no more made than fits on the way; when it reads on it gets all', async (context) => {
  const PIECES = 100;
  let made = 0;
  const socket = await serve(context, async function* () {
    for (; made < PIECES; made++) yield 'x'.repeat(1024 * 1024);
  });
  // Made as long as somebody takes it: it is at rest when nothing was made for a while.
  for (let before = -1; before !== made; await delay(100)) before = made;
  assert.ok(made > 0 && made < PIECES / 2, `${made} of ${PIECES} pieces were made`);
  const answer = parseAnswer(await buffer(socket));
  assert.equal(answer.body.length, PIECES * 1024 * 1024);
});

test('a source that fails in the middle: the connection is cut, so that half is not taken for the whole', async (context) => {
  const log = context.mock.method(console, 'error', () => {});
  const socket = await serve(context, async function* () {
    yield 'half';
    throw new Error('The database is gone');
  });
  const bytes = await buffer(socket).catch(() =>
    Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n'),
  );
  assert.throws(() => parseAnswer(bytes));
  assert.equal(log.mock.callCount(), 1);
});

test('a client that leaves in the middle ends the source and is no failure', async (context) => {
  const log = context.mock.method(console, 'error', () => {});
  const ended = Promise.withResolvers<void>();
  const socket = await serve(context, async function* () {
    try {
      for (;;) yield 'x'.repeat(1024 * 1024);
    } finally {
      ended.resolve();
    }
  });
  await once(socket, 'data');
  socket.destroy();
  await ended.promise;
  assert.equal(log.mock.callCount(), 0);
});
