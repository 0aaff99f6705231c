import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RawClient } from '../../support/raw-client.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { ScriptedUpstream } from '../../support/scripted-upstream.ts';
import { handshake } from './handshake.ts';
import { startTestProxy } from './test-proxy.ts';

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: shop\r\n\r\n`;
const echo = (body: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

test('100 requests sent ahead are answered in their order', async () => {
  await using upstream = await RecordingUpstream.start((request) => echo(request.startLine));
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using client = await RawClient.connect(proxy.port);
  client.send(Array.from({ length: 100 }, (_, i) => get(`/${i}`)).join(''));
  for (let i = 0; i < 100; i++) assert.equal((await client.answer()).text, `GET /${i} HTTP/1.1`);
});

test('requests to two upstreams sent ahead are answered in their order, each by its own', async () => {
  await using monolith = await RecordingUpstream.start(echo('monolith'));
  await using service = await RecordingUpstream.start(echo('service'));
  await using proxy = await startTestProxy({
    monolith: monolith.port,
    service: service.port,
    routes: ['GET /new'],
  });
  using client = await RawClient.connect(proxy.port);
  client.send([get('/old'), get('/new'), get('/new'), get('/old')].join(''));
  const answers = [];
  for (let i = 0; i < 4; i++) answers.push((await client.answer()).text);
  assert.deepEqual(answers, ['monolith', 'service', 'service', 'monolith']);
});

test('a request sent ahead reaches the upstream only after the answer before it', async () => {
  // The second may depend on what the first one writes.
  const seen: string[] = [];
  await using upstream = await ScriptedUpstream.start(async (connection) => {
    for (;;) {
      const request = await connection.request();
      seen.push(`asked ${request.startLine}`);
      await new Promise((turn) => setTimeout(turn, 20));
      seen.push(`answered ${request.startLine}`);
      connection.send(echo(''));
    }
  });
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using client = await RawClient.connect(proxy.port);
  client.send(`POST /a HTTP/1.1\r\nHost: shop\r\nContent-Length: 1\r\n\r\nx${get('/a')}`);
  await client.answer();
  await client.answer();
  assert.deepEqual(seen, [
    'asked POST /a HTTP/1.1',
    'answered POST /a HTTP/1.1',
    'asked GET /a HTTP/1.1',
    'answered GET /a HTTP/1.1',
  ]);
});

test('a body sent ahead goes with its own request', async () => {
  await using upstream = await RecordingUpstream.start((request) => echo(request.text));
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using client = await RawClient.connect(proxy.port);
  const post = (body: string) =>
    `POST /a HTTP/1.1\r\nHost: shop\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const large = 'x'.repeat(300_000);
  client.send(post('first') + post(large) + post('third'));
  assert.equal((await client.answer()).text, 'first');
  assert.equal((await client.answer()).text, large);
  assert.equal((await client.answer()).text, 'third');
});

test('a client that leaves while its second request waits leaves nothing at the upstream', async () => {
  await using upstream = await ScriptedUpstream.start(async (connection) => {
    await connection.request();
    first.resolve();
    assert.equal(await connection.ending(), 'closed');
    over.resolve();
  });
  const first = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using client = await RawClient.connect(proxy.port);
  client.send(get('/slow') + get('/second'));
  await first.promise;
  client.reset();
  await over.promise;
  assert.equal(upstream.connections.length, 1);
});

test('10,000 requests sent ahead wait their turn, and all are answered', async () => {
  await using upstream = await RecordingUpstream.start((request) => echo(request.startLine));
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using client = await RawClient.connect(proxy.port);
  client.send(Array.from({ length: 10_000 }, (_, i) => get(`/${i}`)).join(''));
  client.end();
  assert.equal(await client.ending(), 'closed');
  const answered = client.unread.toString().match(/GET \/\d+ HTTP\/1\.1/g) ?? [];
  assert.deepEqual(
    answered,
    Array.from({ length: 10_000 }, (_, i) => `GET /${i} HTTP/1.1`),
  );
  assert.ok(upstream.connectionCount <= 2, 'it takes up hardly more of the upstream than any other');
});

test('a client that sends ahead without end is not read on while its first request waits', async () => {
  await using upstream = await ScriptedUpstream.start(() => {});
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using client = await RawClient.connect(proxy.port);
  const flood = get('/').repeat(10_000);
  const stuck = Promise.withResolvers<void>();
  const write = (): void => {
    while (client.socket.write(flood));
  };
  client.socket.on('drain', write);
  write();
  // Nothing more is taken once the buffers between are full.
  let before = -1;
  const watch = setInterval(() => {
    const { bytesWritten, writableLength } = client.socket;
    if (bytesWritten - writableLength === before) stuck.resolve();
    before = bytesWritten - writableLength;
  }, 200);
  await stuck.promise.finally(() => clearInterval(watch));
  assert.equal(upstream.connections.length, 1);
});

test('behind a request with Connection: close nothing is forwarded', async () => {
  await using upstream = await RecordingUpstream.start();
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using client = await RawClient.connect(proxy.port);
  client.send(`GET /a HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n${get('/b')}`);
  assert.equal((await client.answer()).text, 'ok');
  assert.equal(await client.ending(), 'closed');
  assert.deepEqual([upstream.requests.length, client.unread.length], [1, 0]);
});

test('nonsense behind a request under way does not take its answer away, and is told', async () => {
  const asked = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  await using upstream = await ScriptedUpstream.start(async (connection) => {
    await connection.request();
    asked.resolve();
    await goOn.promise;
    connection.send(echo('whole'));
  });
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using client = await RawClient.connect(proxy.port);
  client.send(get('/a'));
  await asked.promise;
  client.send('nonsense\r\n\r\n');
  client.send('more nonsense\r\n\r\n');
  goOn.resolve();
  assert.equal((await client.answer()).text, 'whole');
  assert.equal((await client.answer()).status, 400);
  assert.equal(await client.ending(), 'closed');
  assert.equal(client.unread.length, 0);
});

test('an upgrade behind a request under way waits for its turn, and what is behind it is never a request', async () => {
  const goOn = Promise.withResolvers<void>();
  await using upstream = await ScriptedUpstream.start(async (connection) => {
    const request = await connection.request();
    if (request.startLine.includes('/slow')) await goOn.promise;
    connection.send(echo(`${request.startLine} ${request.value('Upgrade')}`));
  });
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using client = await RawClient.connect(proxy.port);
  client.send(get('/slow') + handshake('/ws') + get('/after'));
  goOn.resolve();
  assert.equal((await client.answer()).text, 'GET /slow HTTP/1.1 undefined');
  const refused = await client.answer();
  assert.equal(refused.text, 'GET /ws HTTP/1.1 websocket');
  assert.equal(refused.value('Connection'), 'close');
  assert.equal(await client.ending(), 'closed');
  assert.equal(upstream.connections.length, 2);
});

test('CONNECT behind a request under way is refused in its turn', async () => {
  const goOn = Promise.withResolvers<void>();
  await using upstream = await ScriptedUpstream.start(async (connection) => {
    await connection.request();
    connection.send('HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf');
    await goOn.promise;
    connection.send('half');
  });
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using client = await RawClient.connect(proxy.port);
  client.send(get('/a'));
  await client.text('half');
  client.send('CONNECT shop:443 HTTP/1.1\r\nHost: shop:443\r\n\r\n');
  goOn.resolve();
  assert.equal((await client.answer()).text, 'halfhalf');
  assert.equal((await client.answer()).status, 405);
  assert.equal(await client.ending(), 'closed');
});
