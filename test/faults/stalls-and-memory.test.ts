import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askOnce, RawClient } from '../support/raw-client.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { ScriptedUpstream } from '../support/scripted-upstream.ts';
import { monolithSnapshot, startFaultyWorkers } from './faulty-workers.ts';

const get = 'GET /a HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n';

/** An upstream that answers each request after a while. */
const startSlow = (milliseconds: number) =>
  ScriptedUpstream.start(async (connection) => {
    for (;;) {
      await connection.request();
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    }
  });

test('a stall longer than every deadline fails no request that was answered meanwhile, and refuses none after it', async () => {
  await using upstream = await startSlow(300);
  const snapshot = monolithSnapshot(upstream.port, 1, { responseTimeoutMs: 1000, idleTimeoutMs: 1000 });
  await using workers = await startFaultyWorkers({ count: 1, snapshot });
  const clients = await Promise.all(Array.from({ length: 20 }, () => RawClient.connect(workers.pool.port)));
  const answers = clients.map((client) => client.ask(get));
  await workers.until('all are asked', () => upstream.connections.length === 20);
  workers.play('stall 2000', workers.pool.workers()[0]!.pid);
  const statuses = (await Promise.all(answers)).map(({ status }) => status);
  assert.deepEqual(new Set(statuses), new Set([200]));
  assert.equal((await askOnce(workers.pool.port, get)).status, 200);
  assert.equal(workers.pool.restarts, 0);
  for (const client of clients) client[Symbol.dispose]();
});

test('a worker that is suspended for seconds goes on as if nothing had been', async () => {
  await using upstream = await startSlow(200);
  const snapshot = monolithSnapshot(upstream.port, 1, { responseTimeoutMs: 1000, idleTimeoutMs: 1000 });
  await using workers = await startFaultyWorkers({ count: 1, snapshot });
  const { pid } = workers.pool.workers()[0]!;
  using client = await RawClient.connect(workers.pool.port);
  client.send(get);
  await workers.until('it is asked', () => upstream.connections.length === 1);
  process.kill(pid, 'SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, 2500));
  process.kill(pid, 'SIGCONT');
  assert.equal((await client.answer()).status, 200);
  assert.equal((await askOnce(workers.pool.port, get)).status, 200);
  assert.deepEqual([...workers.failures], []);
});

test('an event loop that stays late refuses a part with 503 and Retry-After, and all are taken again after it', async () => {
  await using upstream = await RecordingUpstream.start();
  await using workers = await startFaultyWorkers({ count: 1, snapshot: monolithSnapshot(upstream.port) });
  const { port } = workers.pool;
  workers.play('crawl 7000', workers.pool.workers()[0]!.pid);
  let refused: Awaited<ReturnType<typeof askOnce>> | undefined;
  await workers.until('a request is refused', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => askOnce(port, get)));
    refused = answers.find(({ status }) => status === 503);
    return refused !== undefined;
  });
  assert.equal(refused!.json()['code'], 'overloaded');
  assert.equal(refused!.value('Retry-After'), '1');
  await workers.until('it is counted', () => (workers.failures.get('overloaded') ?? 0) > 0);
  await workers.until('it is over', async () => {
    const { shedding } = workers.health()!;
    return shedding === undefined && (await askOnce(port, get)).status === 200;
  });
});

test('a worker without room refuses every request before memory runs out, and takes them again when there is room', async () => {
  await using upstream = await RecordingUpstream.start();
  await using workers = await startFaultyWorkers({
    count: 1,
    snapshot: monolithSnapshot(upstream.port),
    maxMemoryBytes: 96 * 1024 * 1024,
  });
  const { port } = workers.pool;
  assert.equal((await askOnce(port, get)).status, 200);
  workers.play('fill 90', workers.pool.workers()[0]!.pid);
  await workers.until('requests are refused', async () => (await askOnce(port, get)).status === 503);
  await workers.until('they are taken again', async () => (await askOnce(port, get)).status === 200);
  await workers.until('it is counted', () => (workers.failures.get('overloaded') ?? 0) > 0);
  assert.equal(workers.pool.restarts, 0);
});

test('a worker whose heap is nearly full of objects refuses requests instead of dying of it, and recovers', async () => {
  await using upstream = await RecordingUpstream.start();
  await using workers = await startFaultyWorkers({ count: 1, snapshot: monolithSnapshot(upstream.port) });
  const { port } = workers.pool;
  const { pid } = workers.pool.workers()[0]!;
  assert.equal((await askOnce(port, get)).status, 200);
  workers.play('hoard 90', pid);
  let refused: Awaited<ReturnType<typeof askOnce>> | undefined;
  await workers.until('requests are refused', async () => {
    refused = await askOnce(port, get);
    return refused.status === 503;
  });
  assert.deepEqual([refused!.json()['code'], refused!.value('Retry-After')], ['overloaded', '1']);
  await workers.until('they are taken again', async () => (await askOnce(port, get)).status === 200);
  assert.equal(workers.pool.workers()[0]!.pid, pid);
  assert.equal(workers.pool.restarts, 0);
});
