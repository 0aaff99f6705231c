import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestProxy } from '../proxy/data-plane/test-proxy.ts';
import { askOnce, RawClient } from '../support/raw-client.ts';
import type { RawMessage } from '../support/raw-message.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { closedPort, ScriptedUpstream } from '../support/scripted-upstream.ts';

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: shop\r\n\r\n`;
/** Waits for what happens in the background. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((turn) => setTimeout(turn, 5));
}

/** Clients that asked and wait. */
async function crowd(port: number, path: string, count: number): Promise<RawClient[] & Disposable> {
  const clients = await Promise.all(Array.from({ length: count }, () => RawClient.connect(port)));
  for (const client of clients) client.send(get(path));
  return Object.assign(clients, { [Symbol.dispose]: () => clients.forEach((client) => void client.reset()) });
}

test('a service that hangs under 200 clients takes no connection from the routes of the monolith', async () => {
  await using monolith = await RecordingUpstream.start();
  await using service = await ScriptedUpstream.start(() => {});
  await using proxy = await startTestProxy({
    monolith: monolith.port,
    service: service.port,
    routes: ['GET /new'],
    upstream: { maxConnections: 8 },
    serviceUpstream: { maxConnections: 2, maxWaiting: 10, connectTimeoutMs: 60_000 },
  });
  using _clients = await crowd(proxy.port, '/new', 200);
  await until(() => service.connections.length === 2);
  for (let i = 0; i < 20; i++) assert.equal((await askOnce(proxy.port, get('/old'))).status, 200);
  assert.equal(service.connections.length, 2);
  assert.ok(proxy.takeReport().upstreams['catalog']!.refused.busy > 0);
});

test('an upstream that hangs under 200 clients is a 503 upstream_busy with Retry-After for the rest', async () => {
  await using upstream = await ScriptedUpstream.start(() => {});
  await using proxy = await startTestProxy({
    monolith: upstream.port,
    upstream: { maxConnections: 2, maxWaiting: 10, connectTimeoutMs: 60_000, responseTimeoutMs: 60_000 },
  });
  using clients = await crowd(proxy.port, '/a', 200);
  const refused: RawMessage[] = [];
  for (const client of clients)
    void client.answer().then(
      (answer) => refused.push(answer),
      () => {},
    );
  await until(() => refused.length >= 188);
  for (const answer of refused) {
    assert.deepEqual([answer.status, answer.json()['code']], [503, 'upstream_busy']);
    assert.equal(answer.value('Retry-After'), '1');
  }
  // Two are being asked for, ten wait.
  assert.equal(refused.length, 188);
});

test('fallbacks to a monolith that hangs leave it a quarter of its connections', async () => {
  await using monolith = await ScriptedUpstream.start(async (connection) => {
    const { startLine } = await connection.request();
    if (startLine.includes('/old')) connection.send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
  });
  await using proxy = await startTestProxy({
    monolith: monolith.port,
    service: await closedPort(),
    routes: ['GET /new'],
    upstream: { maxConnections: 4 },
    serviceUpstream: { maxConnections: 64 },
  });
  using clients = await crowd(proxy.port, '/new', 20);
  await until(() => monolith.connections.length >= 3);
  const refused = await Promise.race(clients.map((client) => client.answer()));
  assert.deepEqual([refused.status, refused.json()['code']], [502, 'upstream_connect']);
  assert.equal((await askOnce(proxy.port, get('/old'))).status, 200);
  assert.equal(proxy.takeReport().migrations['catalog']?.fallbacks, 3);
});

test('an upstream that drops every connection gets a bounded number of second tries', async () => {
  await using upstream = await ScriptedUpstream.start((connection) => void connection.socket.destroy());
  await using proxy = await startTestProxy({ monolith: upstream.port });
  for (let round = 0; round < 20; round++) {
    await Promise.all(
      Array.from({ length: 20 }, async () =>
        assert.equal((await askOnce(proxy.port, get('/a'))).json()['code'], 'upstream_closed'),
      ),
    );
  }
  // 400 first tries, and 100 second ones and 20 % of the first; ten more for each second that it took.
  const { retries, refused } = proxy.takeReport().upstreams['monolith']!;
  assert.ok(retries <= 180 && refused.retry >= 220, `${retries} second tries, ${refused.retry} refused`);
  assert.equal(upstream.connections.length, 400 + retries);
});
