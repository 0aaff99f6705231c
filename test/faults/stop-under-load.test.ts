import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';
import { RawClient } from '../support/raw-client.ts';
import { RunningFicus } from '../support/running-ficus.ts';
import { SteadyLoad } from '../support/steady-load.ts';
import { startQuickUpstream, withoutPostgres } from './quick-upstream.ts';

const routes = (port: number) =>
  `upstreams: { monolith: { url: "http://127.0.0.1:${port}" } }\ndefault: monolith\n`;

async function startFicus(t: { after(fn: () => Promise<void>): void }, port: number, env = {}) {
  const ficus = await RunningFicus.start(routes(port), { ...withoutPostgres, ...env });
  t.after(() => ficus.remove());
  return ficus;
}

test('SIGTERM under load fails no request: not ready at once, still serving while it drains, exit 0', async (t) => {
  await using upstream = await startQuickUpstream();
  const ficus = await startFicus(t, upstream.port, { FICUS_DRAIN_DELAY_MS: '1500' });
  const load = new SteadyLoad({ port: ficus.port, requestsPerSecond: 200 });
  await ficus.until('it is loaded', async () => load.answered > 50);
  using slow = await RawClient.connect(ficus.port);
  slow.send('GET /slow/2500 HTTP/1.1\r\nHost: shop\r\n\r\n');
  using idle = await RawClient.connect(ficus.port);
  await idle.ask('GET /a HTTP/1.1\r\nHost: shop\r\n\r\n');

  ficus.signal('SIGTERM');
  await ficus.until('it is not ready', async () => (await fetch(`${ficus.adminUrl}/readyz`)).status === 503);
  const late = await RawClient.connect(ficus.port);
  const answer = await late.ask('GET /a HTTP/1.1\r\nHost: shop\r\n\r\n');
  assert.deepEqual([answer.status, answer.value('Connection')], [200, 'close']);
  late[Symbol.dispose]();
  // A balancer that has heard sends no more from here on.
  await load.stop();
  assert.deepEqual(load.failed, []);
  const finished = await slow.answer();
  assert.deepEqual([finished.status, finished.value('Connection')], [200, 'close']);
  assert.equal(await idle.ending(), 'closed');
  assert.equal(await ficus.ended(), 0);
});

test('a second SIGTERM ends it at once with exit 1, and the log has the ids of what was under way', async (t) => {
  await using upstream = await startQuickUpstream();
  const ficus = await startFicus(t, upstream.port);
  using slow = await RawClient.connect(ficus.port);
  slow.send('GET /slow/60000 HTTP/1.1\r\nHost: shop\r\n\r\n');
  await ficus.until('it is forwarded', async () => upstream.slowCount === 1);
  ficus.signal('SIGTERM');
  await ficus.until('it is not ready', async () => (await fetch(`${ficus.adminUrl}/readyz`)).status === 503);
  ficus.signal('SIGTERM');
  assert.equal(await ficus.ended(), 1);
  await slow.ending();
  assert.match(ficus.output, /"requestIds":\["[\w-]{36}"\].*requests broken off/);
});

test('what is not finished when the grace is over is broken off and named in the log, and it ends all the same', async (t) => {
  await using upstream = await startQuickUpstream();
  const ficus = await startFicus(t, upstream.port, { FICUS_DRAIN_DELAY_MS: '0', FICUS_GRACE_MS: '700' });
  using slow = await RawClient.connect(ficus.port);
  slow.send('GET /slow/60000 HTTP/1.1\r\nHost: shop\r\n\r\n');
  await ficus.until('it is forwarded', async () => upstream.slowCount === 1);
  assert.equal(await ficus.stop(), 0);
  await slow.ending();
  assert.match(ficus.output, /"requestIds":\["[\w-]{36}"\].*requests broken off/);
});

test('a WebSocket hears of the stop by the end of its connection, and does not hold it up', async (t) => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const ficus = await startFicus(t, port, { FICUS_DRAIN_DELAY_MS: '0' });
  const socket = new WebSocket(`ws://127.0.0.1:${ficus.port}/live`);
  const problems: unknown[] = [];
  socket.on('error', (error) => problems.push(error));
  await new Promise((resolve) => socket.once('open', resolve));
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  assert.equal(await ficus.stop(), 0);
  // 1006 is what clients call an end without a close frame; a reset would be an error.
  assert.ok([1001, 1006].includes(await closed));
  assert.deepEqual(problems, []);
});

test('SIGTERM before it is up stops it, too', async (t) => {
  await using upstream = await startQuickUpstream();
  const ficus = await startFicus(t, upstream.port);
  await ficus.stop();
  // It may never be ready.
  ficus.up(withoutPostgres).catch(() => {});
  await ficus.until('it serves', async () => (await fetch(ficus.url)).ok);
  ficus.signal('SIGTERM');
  assert.equal(await ficus.ended(), 0);
});
