import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RawClient } from '../../support/raw-client.ts';
import { OK_ANSWER } from '../../support/recording-upstream.ts';
import { ScriptedUpstream } from '../../support/scripted-upstream.ts';
import { startTestProxy } from './test-proxy.ts';

const tooLarge = 'HTTP/1.1 413 Content Too Large\r\nContent-Length: 4\r\n\r\nmuch';
const upload = 'POST /a HTTP/1.1\r\nHost: shop\r\nContent-Length: 20000000\r\n\r\n';

/** Writes without waiting for anybody to read. */
function uploadAll(client: RawClient): void {
  for (let i = 0; i < 200; i++) client.send(Buffer.alloc(100_000));
}

test('a 413 in the middle of an upload reaches a client that is waiting for it', async () => {
  await using upstream = await ScriptedUpstream.start(async (connection) => {
    await connection.head();
    connection.send(tooLarge);
  });
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using client = await RawClient.connect(proxy.port);
  client.send(upload);
  const answer = await client.answer();
  assert.deepEqual([answer.status, answer.text, answer.value('Connection')], [413, 'much', 'close']);
});

test('a 413 reaches a client that first sends all of its 20 MB', async () => {
  await using upstream = await ScriptedUpstream.start(async (connection) => {
    await connection.head();
    connection.send(tooLarge);
  });
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using client = await RawClient.connect(proxy.port);
  client.socket.pause();
  client.send(upload);
  uploadAll(client);
  await new Promise<void>((sent) => client.socket.write('', () => sent()));
  client.socket.resume();
  assert.equal((await client.answer()).status, 413);
  assert.equal(await client.ending(), 'closed');
});

test('a 413 of an upstream that then stops reading and closes is a 413, not a 502', async () => {
  for (let i = 0; i < 20; i++) {
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      connection.socket.pause();
      connection.send(tooLarge);
      // Bytes of the upload lie unread: this close is a reset.
      connection.socket.destroySoon();
    });
    await using proxy = await startTestProxy({ monolith: upstream.port });
    using client = await RawClient.connect(proxy.port);
    client.send(upload);
    uploadAll(client);
    assert.equal((await client.answer()).status, 413);
  }
});

test('the upstream connection of an early answer is not used again', async () => {
  await using upstream = await ScriptedUpstream.start(async (connection, index) => {
    if (index > 0) {
      await connection.request();
      connection.send(OK_ANSWER);
      return;
    }
    await connection.head();
    connection.send(tooLarge);
    await connection.ending();
  });
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using first = await RawClient.connect(proxy.port);
  assert.equal((await first.ask(upload)).status, 413);
  using second = await RawClient.connect(proxy.port);
  assert.equal((await second.ask('GET /b HTTP/1.1\r\nHost: shop\r\n\r\n')).text, 'ok');
  assert.equal(upstream.connections.length, 2);
});

test('an answer that begins before the upload ends goes on while it does', async () => {
  await using upstream = await ScriptedUpstream.start(async (connection) => {
    await connection.head();
    connection.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n');
    await connection.text('more');
    connection.send('4\r\nlast\r\n0\r\n\r\n');
  });
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using client = await RawClient.connect(proxy.port);
  client.send('POST /a HTTP/1.1\r\nHost: shop\r\nContent-Length: 8\r\n\r\n');
  await client.text('first');
  client.send('somemore');
  assert.equal((await client.answer()).text, 'firstlast');
});
