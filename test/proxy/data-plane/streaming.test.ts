import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { RawClient } from '../../support/raw-client.ts';
import { OK_ANSWER } from '../../support/recording-upstream.ts';
import { ScriptedUpstream } from '../../support/scripted-upstream.ts';
import { startTestProxy } from './test-proxy.ts';

const get = 'GET /a HTTP/1.1\r\nHost: shop\r\n\r\n';

test('the head of an event stream reaches the client before any event', async () => {
  await using upstream = await ScriptedUpstream.start(async (connection) => {
    await connection.request();
    connection.send(
      'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n',
    );
  });
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using client = await RawClient.connect(proxy.port);
  client.send(get);
  await client.text('Content-Type: text/event-stream\r\n');
  await client.text('\r\n\r\n');
});

test('each event reaches the client before the next is sent', async () => {
  const turns = [Promise.withResolvers<void>(), Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await using upstream = await ScriptedUpstream.start(async (connection) => {
    await connection.request();
    connection.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    for (const [i, turn] of turns.entries()) {
      connection.send(`9\r\ndata: ${i}\n\n\r\n`);
      await turn.promise;
    }
    connection.send('0\r\n\r\n');
  });
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using client = await RawClient.connect(proxy.port);
  client.send(get);
  for (const [i, turn] of turns.entries()) {
    await client.text(`data: ${i}\n\n`);
    turn.resolve();
  }
  assert.equal((await client.answer()).text, 'data: 0\n\ndata: 1\n\ndata: 2\n\n');
});

test('each piece of an upload reaches the upstream before the next is sent', async () => {
  await using upstream = await ScriptedUpstream.start(async (connection) => {
    await connection.head();
    for (const i of [0, 1, 2]) {
      await connection.text(`piece ${i}`);
      pieces[i]!.resolve();
    }
    connection.send(OK_ANSWER);
  });
  const pieces = [
    Promise.withResolvers<void>(),
    Promise.withResolvers<void>(),
    Promise.withResolvers<void>(),
  ];
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using client = await RawClient.connect(proxy.port);
  client.send('POST /a HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n');
  for (const [i, piece] of pieces.entries()) {
    client.send(`7\r\npiece ${i}\r\n`);
    await piece.promise;
  }
  client.send('0\r\n\r\n');
  assert.equal((await client.answer()).text, 'ok');
});

/** Writes as long as somebody takes it; resolves with the bytes taken once nobody took any for a while. */
async function writeUntilStuck(socket: Socket, frame: (data: Buffer) => Buffer): Promise<number> {
  const piece = frame(Buffer.alloc(65_536));
  let taken = 0;
  for (;;) {
    if (socket.write(piece)) {
      taken += piece.length;
      if (taken > LIMIT_BYTES) return taken;
      await new Promise((turn) => setImmediate(turn));
      continue;
    }
    const drained = await Promise.race([
      once(socket, 'drain').then(() => true),
      new Promise<false>((resolve) => setTimeout(() => resolve(false), 400)),
    ]);
    if (!drained) return taken;
    taken += piece.length;
  }
}

/** What the kernel's buffers of two connections may hold, and far more than the proxy may. */
const LIMIT_BYTES = 60_000_000;

const asChunk = (data: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from('\r\n')]);

for (const [name, framing, frame] of [
  ['sized', 'Content-Length: 1000000000', (data: Buffer) => data],
  ['chunked', 'Transfer-Encoding: chunked', asChunk],
] as const) {
  test(`a client that does not read holds back the upstream of a ${name} answer`, async () => {
    const stuck = Promise.withResolvers<number>();
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      await connection.request();
      connection.send(`HTTP/1.1 200 OK\r\n${framing}\r\n\r\n`);
      stuck.resolve(await writeUntilStuck(connection.socket, frame));
    });
    await using proxy = await startTestProxy({ monolith: upstream.port });
    using client = await RawClient.connect(proxy.port);
    client.send(get);
    client.socket.pause();
    assert.ok((await stuck.promise) < LIMIT_BYTES, 'the proxy takes without end');
  });

  test(`an upstream that does not read holds back the client of a ${name} upload`, async () => {
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      await connection.head();
      connection.socket.pause();
    });
    await using proxy = await startTestProxy({ monolith: upstream.port });
    using client = await RawClient.connect(proxy.port);
    client.send(`POST /a HTTP/1.1\r\nHost: shop\r\n${framing}\r\n\r\n`);
    assert.ok((await writeUntilStuck(client.socket, frame)) < LIMIT_BYTES, 'the proxy takes without end');
  });
}

test('5 MB up and 5 MB down arrive whole with pauses on both sides', async () => {
  const piece = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 31) & 0xff));
  const expected = createHash('sha256');
  for (let i = 0; i < 50; i++) expected.update(piece);
  const hash = expected.digest('hex');
  await using upstream = await ScriptedUpstream.start(async (connection) => {
    await connection.head();
    const upload = createHash('sha256');
    let received = connection.unread.length;
    upload.update(connection.unread);
    for await (const chunk of connection.socket.iterator({ destroyOnReturn: false })) {
      upload.update(chunk);
      received += chunk.length;
      if (received % 7 === 0) await new Promise((turn) => setTimeout(turn, 1));
      if (received === 5_000_000) break;
    }
    connection.send(`HTTP/1.1 200 OK\r\nX-Hash: ${upload.digest('hex')}\r\nContent-Length: 5000000\r\n\r\n`);
    for (let i = 0; i < 50; i++) connection.send(piece);
  });
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using client = await RawClient.connect(proxy.port);
  client.send('POST /a HTTP/1.1\r\nHost: shop\r\nContent-Length: 5000000\r\n\r\n');
  for (let i = 0; i < 50; i++) client.send(piece);
  await client.text('\r\n\r\n');
  client.socket.pause();
  await new Promise((turn) => setTimeout(turn, 50));
  client.socket.resume();
  const answer = await client.answer();
  assert.equal(answer.value('X-Hash'), hash);
  assert.equal(createHash('sha256').update(answer.body).digest('hex'), hash);
});

test('thousands of tiny chunks in one packet leave no pile of listeners', async () => {
  const body = 'x'.repeat(100_000);
  await using upstream = await ScriptedUpstream.start(async (connection) => {
    await connection.request();
    connection.send(
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${'1\r\nx\r\n'.repeat(body.length)}0\r\n\r\n`,
    );
  });
  const warnings: Error[] = [];
  const onWarning = (warning: Error): number => warnings.push(warning);
  process.on('warning', onWarning);
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using client = await RawClient.connect(proxy.port);
  assert.equal((await client.ask(get)).text, body);
  process.off('warning', onWarning);
  assert.deepEqual(warnings, []);
});
