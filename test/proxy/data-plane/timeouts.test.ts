import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RawClient } from '../../support/raw-client.ts';
import { OK_ANSWER } from '../../support/recording-upstream.ts';
import { ScriptedUpstream } from '../../support/scripted-upstream.ts';
import { startTestProxy } from './test-proxy.ts';

const get = 'GET /a HTTP/1.1\r\nHost: shop\r\n\r\n';
const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

test('an upstream that does not answer in time is a 504, and its connection is closed', async () => {
  const closed = Promise.withResolvers<void>();
  await using upstream = await ScriptedUpstream.start(async (connection) => {
    await connection.request();
    await connection.ending();
    closed.resolve();
  });
  await using proxy = await startTestProxy({ monolith: upstream.port, upstream: { responseTimeoutMs: 150 } });
  using client = await RawClient.connect(proxy.port);
  const answer = await client.ask(get);
  assert.deepEqual([answer.status, answer.json()['code']], [504, 'upstream_timeout']);
  await closed.promise;
  assert.equal(proxy.takeReport().migrations['']?.monolith.errors, 1);
});

test('a head that drips does not outlast the time for it', async () => {
  await using upstream = await ScriptedUpstream.start(async (connection) => {
    await connection.request();
    connection.send('HTTP/1.1 200 OK\r\n');
    for (;;) {
      if (connection.socket.destroyed) return;
      connection.send('X: y\r\n');
      await new Promise((turn) => setTimeout(turn, 20));
    }
  });
  await using proxy = await startTestProxy({ monolith: upstream.port, upstream: { responseTimeoutMs: 150 } });
  using client = await RawClient.connect(proxy.port);
  assert.equal((await client.ask(get)).status, 504);
});

test('a body may take any time while bytes flow', async () => {
  await using upstream = await ScriptedUpstream.start(async (connection) => {
    await connection.request();
    connection.send(head);
    for (let i = 0; i < 10; i++) {
      connection.send('1\r\nx\r\n');
      await new Promise((turn) => setTimeout(turn, 50));
    }
    connection.send('0\r\n\r\n');
  });
  await using proxy = await startTestProxy({
    monolith: upstream.port,
    upstream: { responseTimeoutMs: 150, idleTimeoutMs: 200 },
  });
  using client = await RawClient.connect(proxy.port);
  assert.equal((await client.ask(get)).text, 'x'.repeat(10));
});

test('a body that falls silent is broken off', async () => {
  await using upstream = await ScriptedUpstream.start(async (connection) => {
    await connection.request();
    connection.send(`${head}1\r\nx\r\n`);
    await connection.ending();
  });
  await using proxy = await startTestProxy({ monolith: upstream.port, upstream: { idleTimeoutMs: 150 } });
  using client = await RawClient.connect(proxy.port);
  client.send(get);
  assert.equal(await client.ending(), 'reset');
  assert.deepEqual(proxy.takeReport().failures, { upstream_timeout: 1 });
});

test('an upload may take any time while bytes flow', async () => {
  await using upstream = await ScriptedUpstream.start(async (connection) => {
    await connection.request();
    connection.send(OK_ANSWER);
  });
  await using proxy = await startTestProxy({ monolith: upstream.port, upstream: { responseTimeoutMs: 200 } });
  using client = await RawClient.connect(proxy.port);
  client.send('POST /a HTTP/1.1\r\nHost: shop\r\nContent-Length: 10\r\n\r\n');
  for (let i = 0; i < 10; i++) {
    client.send('x');
    await new Promise((turn) => setTimeout(turn, 50));
  }
  assert.equal((await client.answer()).text, 'ok');
});

test('an upload that stops coming is a 408, and speaks against no side', async () => {
  await using upstream = await ScriptedUpstream.start(async (connection) => {
    await connection.head();
    assert.equal(await connection.ending(), 'closed');
    assert.equal(connection.unread.toString(), 'half');
  });
  await using proxy = await startTestProxy({ monolith: upstream.port, upstream: { responseTimeoutMs: 150 } });
  using client = await RawClient.connect(proxy.port);
  const answer = await client.ask('POST /a HTTP/1.1\r\nHost: shop\r\nContent-Length: 10\r\n\r\nhalf');
  assert.deepEqual([answer.status, answer.value('Connection')], [408, 'close']);
  assert.equal(await client.ending(), 'closed');
  const { failures, migrations } = proxy.takeReport();
  assert.deepEqual([failures, migrations], [{ client_timeout: 1 }, {}]);
});

test('an upstream that takes no more of an upload is a 504', async () => {
  await using upstream = await ScriptedUpstream.start(async (connection) => {
    await connection.head();
    connection.socket.pause();
  });
  await using proxy = await startTestProxy({ monolith: upstream.port, upstream: { responseTimeoutMs: 400 } });
  using client = await RawClient.connect(proxy.port);
  client.send('POST /a HTTP/1.1\r\nHost: shop\r\nContent-Length: 100000000\r\n\r\n');
  for (let i = 0; i < 200; i++) client.send(Buffer.alloc(100_000));
  const answer = await client.answer();
  assert.deepEqual([answer.status, answer.json()['code']], [504, 'upstream_timeout']);
});

for (const [name, length] of [
  ['in the middle of an answer', 100_000_000],
  ['at the end of an answer', 10_000_000],
] as const) {
  test(`a client that takes nothing ${name} is given up, and the upstream connection is free`, async () => {
    const over = Promise.withResolvers<void>();
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      await connection.request();
      connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`);
      for (let left = length; left > 0; left -= 1_000_000) connection.send(Buffer.alloc(1_000_000));
      await connection.ending().catch(() => {});
      over.resolve();
    });
    await using proxy = await startTestProxy({
      monolith: upstream.port,
      upstream: { idleTimeoutMs: 300 },
      pool: { idleMs: 1 },
    });
    using client = await RawClient.connect(proxy.port);
    client.send(get);
    client.socket.pause();
    await over.promise;
    client.socket.resume();
    assert.equal(await client.ending(), 'reset');
  });
}

// The kernel opens a full receive window in steps: between two of them a slow reader may take nothing for a while.
test('a client that reads slowly but reads gets everything', async () => {
  const length = 8_000_000;
  await using upstream = await ScriptedUpstream.start(async (connection) => {
    await connection.request();
    connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`);
    connection.send(Buffer.alloc(length));
  });
  await using proxy = await startTestProxy({ monolith: upstream.port, upstream: { idleTimeoutMs: 1000 } });
  using client = await RawClient.connect(proxy.port);
  client.socket.on('data', () => {
    client.socket.pause();
    setTimeout(() => client.socket.resume(), 10);
  });
  client.send(get);
  assert.equal((await client.answer()).body.length, length);
});

test('a head that does not come in time is a 408', async () => {
  await using upstream = await ScriptedUpstream.start(() => {});
  await using proxy = await startTestProxy({ monolith: upstream.port, listener: { headersTimeoutMs: 100 } });
  using client = await RawClient.connect(proxy.port);
  client.send('GET /a HTTP/1.1\r\nHo');
  const answer = await client.answer();
  assert.deepEqual([answer.status, answer.json()['code']], [408, 'client_timeout']);
  assert.equal(await client.ending(), 'closed');
});

test('an idle client connection is closed after its time', async () => {
  await using upstream = await ScriptedUpstream.start(async (connection) => {
    await connection.request();
    connection.send(OK_ANSWER);
  });
  await using proxy = await startTestProxy({
    monolith: upstream.port,
    listener: { keepAliveTimeoutMs: 100 },
  });
  using client = await RawClient.connect(proxy.port);
  await client.ask(get);
  assert.equal(await client.ending(), 'closed');
});
