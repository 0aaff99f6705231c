import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RawClient } from '../../support/raw-client.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { ScriptedUpstream } from '../../support/scripted-upstream.ts';
import { clientLines, exchange } from './exchange.ts';
import { startTestProxy } from './test-proxy.ts';

test('a client without Host gets its answer, and the upstream gets a Host', async () => {
  await using upstream = await RecordingUpstream.start();
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using client = await RawClient.connect(proxy.port);
  assert.equal((await client.ask('GET /a HTTP/1.0\r\n\r\n')).text, 'ok');
  assert.equal(await client.ending(), 'closed');
  assert.equal(upstream.request.startLine, 'GET /a HTTP/1.1');
  assert.equal(upstream.request.value('Host'), `127.0.0.1:${upstream.port}`);
  assert.equal(upstream.request.value('X-Forwarded-Host'), undefined);
});

test('chunks are unpacked for a client that knows none, and the end is the connection’s', async () => {
  await using upstream = await RecordingUpstream.start(
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n',
  );
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using client = await RawClient.connect(proxy.port);
  const answer = await client.ask('GET /a HTTP/1.0\r\n\r\n');
  assert.equal(answer.value('Transfer-Encoding'), undefined);
  assert.equal(answer.value('Connection'), 'close');
  assert.equal(answer.text, 'hello world');
});

test('an answer that breaks in the middle is a reset, not an end', async () => {
  // Without length and chunks a clean end would make half an answer look whole.
  await using upstream = await ScriptedUpstream.start(async (connection) => {
    await connection.request();
    connection.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n');
    await goOn.promise;
    connection.end();
  });
  const goOn = Promise.withResolvers<void>();
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using client = await RawClient.connect(proxy.port);
  client.send('GET /a HTTP/1.0\r\n\r\n');
  await client.text('hello');
  goOn.resolve();
  assert.equal(await client.ending(), 'reset');
});

test('a connection that the client wants to keep is kept when the length is known', async () => {
  await using upstream = await RecordingUpstream.start();
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using client = await RawClient.connect(proxy.port);
  const request = 'GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n';
  assert.equal((await client.ask(request)).value('Connection'), 'keep-alive');
  assert.equal((await client.ask(request)).text, 'ok');
});

test('an Expect is ignored: the client would not understand 100', async () => {
  const { answer, forwarded } = await exchange(
    'POST /a HTTP/1.0\r\nHost: shop\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello',
  );
  assert.deepEqual(clientLines(forwarded), ['Content-Length: 5']);
  assert.equal(answer.status, 200);
});
