import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { startService } from '../../../extracted-services/service-kit/index.ts';
import { createShelf } from './shelf.ts';

/** Requests in flight may take forever here, so that a test that waits for one in vain fails. */
const local = { host: '127.0.0.1', port: 0, finishMs: 600_000 };
const limit = { timeout: 5000 };

test(
  'closed while a request is in flight: it is answered, its connection is closed, and no other gets in',
  limit,
  async () => {
    const { service, arrived, release } = await slowShelf();
    const running = await startService(service, local);
    const agent = new Agent({ keepAlive: true });
    const answer = answerOf(`${running.url}/books`, agent);
    await arrived;

    const closed = running.close();
    await new Promise(setImmediate);
    await assert.rejects(fetch(`${running.url}/healthz`), /fetch failed/);
    release();
    assert.equal(await text(await answer), '{"books":["Emma"]}');
    await closed;
    agent.destroy();
  },
);

test('closed while a connection is kept alive and idle: it does not wait for it', limit, async () => {
  const { service } = await createShelf();
  const running = await startService(service, local);
  const agent = new Agent({ keepAlive: true });
  await text(await answerOf(`${running.url}/books`, agent));
  await running.close();
  agent.destroy();
});

test('closed with a drain time: readyz says 503 during it, and requests are answered', limit, async () => {
  const { service } = await createShelf();
  const running = await startService(service, { ...local, drainMs: 300 });
  const closed = running.close();
  assert.equal((await fetch(`${running.url}/readyz`)).status, 503);
  const answer = await fetch(`${running.url}/books`);
  assert.equal(answer.headers.get('connection'), 'close');
  assert.equal(await answer.text(), '{"books":["Emma"]}');
  await closed;
});

test('a request in flight takes longer than it may: its connection is cut', limit, async () => {
  const { service, arrived } = await slowShelf();
  const running = await startService(service, { ...local, finishMs: 50 });
  const socket = connect(running.port, '127.0.0.1').on('error', () => {});
  socket.write('GET /books HTTP/1.1\r\nHost: x\r\n\r\n');
  await arrived;
  const ended = once(socket, 'close');
  await running.close();
  await ended;
});

async function slowShelf() {
  let arrive = () => {};
  let release = () => {};
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { service } = await createShelf({
    routes: (router) =>
      router.get('/books', async (_request, response) => {
        arrive();
        await released;
        response.json({ books: ['Emma'] });
      }),
  });
  return { service, arrived, release };
}

const answerOf = (url: string, agent: Agent) =>
  new Promise<IncomingMessage>((resolve, reject) => get(url, { agent }, resolve).on('error', reject));
