import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RawClient } from '../../support/raw-client.ts';
import { OK_ANSWER } from '../../support/recording-upstream.ts';
import { ScriptedUpstream } from '../../support/scripted-upstream.ts';
import { clientLines } from './exchange.ts';
import { startTestProxy } from './test-proxy.ts';

const head = 'POST /a HTTP/1.1\r\nHost: shop\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n';

test('the upstream’s 100 reaches the client, whose body then reaches the upstream', async () => {
  await using upstream = await ScriptedUpstream.start(async (connection) => {
    assert.deepEqual(clientLines(await connection.head()), ['Content-Length: 5', 'Expect: 100-continue']);
    connection.send('HTTP/1.1 100 Continue\r\n\r\n');
    await connection.text('hello');
    connection.send(OK_ANSWER);
  });
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using client = await RawClient.connect(proxy.port);
  assert.equal((await client.ask(head)).startLine, 'HTTP/1.1 100 Continue');
  client.send('hello');
  assert.equal((await client.answer()).text, 'ok');
});

test('without the upstream’s word the client gets no 100', async () => {
  const seen = Promise.withResolvers<void>();
  await using upstream = await ScriptedUpstream.start(async (connection) => {
    await connection.head();
    seen.resolve();
    await connection.text('hello');
    connection.send(OK_ANSWER);
  });
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using client = await RawClient.connect(proxy.port);
  client.send(head);
  await seen.promise;
  client.send('hello');
  assert.equal((await client.answer()).status, 200);
});

test('a final answer before the body reaches the client, and both connections end', async () => {
  await using upstream = await ScriptedUpstream.start(async (connection) => {
    await connection.head();
    connection.send('HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno');
    assert.equal(await connection.ending(), 'closed');
  });
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using client = await RawClient.connect(proxy.port);
  const answer = await client.ask(head);
  assert.deepEqual([answer.status, answer.text, answer.value('Connection')], [401, 'no', 'close']);
  assert.equal(await client.ending(), 'closed');
});

test('a body after a final answer is never read as a request', async () => {
  const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: shop\r\n\r\n';
  await using upstream = await ScriptedUpstream.start(async (connection) => {
    await connection.head();
    connection.send('HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno');
  });
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using client = await RawClient.connect(proxy.port);
  await client.ask(head.replace('Content-Length: 5', `Content-Length: ${smuggled.length}`));
  client.send(smuggled + smuggled);
  client.end();
  assert.equal(await client.ending(), 'closed');
  assert.equal(client.unread.length, 0);
  assert.equal(upstream.connections.length, 1);
});

test('several 100 reach the client before the final answer', async () => {
  await using upstream = await ScriptedUpstream.start(async (connection) => {
    await connection.head();
    connection.send('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n');
    await connection.text('hello');
    connection.send(OK_ANSWER);
  });
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using client = await RawClient.connect(proxy.port);
  assert.equal((await client.ask(head)).status, 100);
  assert.equal((await client.answer()).status, 100);
  client.send('hello');
  assert.equal((await client.answer()).status, 200);
});

test('a 100 that the client did not ask for stays with the proxy', async () => {
  await using upstream = await ScriptedUpstream.start(async (connection) => {
    await connection.request();
    connection.send(`HTTP/1.1 100 Continue\r\n\r\n${OK_ANSWER}`);
  });
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using client = await RawClient.connect(proxy.port);
  assert.equal((await client.ask('GET /a HTTP/1.1\r\nHost: shop\r\n\r\n')).status, 200);
});

test('103 Early Hints reaches the client', async () => {
  await using upstream = await ScriptedUpstream.start(async (connection) => {
    await connection.request();
    connection.send(
      `HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nConnection: x\r\n\r\n${OK_ANSWER}`,
    );
  });
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using client = await RawClient.connect(proxy.port);
  const hints = await client.ask('GET /a HTTP/1.1\r\nHost: shop\r\n\r\n');
  assert.deepEqual(hints.lines, ['Link: </a.css>; rel=preload']);
  assert.equal(hints.startLine, 'HTTP/1.1 103 Early Hints');
  assert.equal((await client.answer()).text, 'ok');
});

test('103 Early Hints stays with the proxy when the client speaks HTTP/1.0', async () => {
  await using upstream = await ScriptedUpstream.start(async (connection) => {
    await connection.request();
    connection.send(`HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n${OK_ANSWER}`);
  });
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using client = await RawClient.connect(proxy.port);
  assert.equal((await client.ask('GET /a HTTP/1.0\r\n\r\n')).status, 200);
});
