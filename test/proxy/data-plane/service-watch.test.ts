import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { ServiceWatch } from '../../../proxy/data-plane/service-watch.ts';
import { snapshotOf, startTestEstate } from './test-estate.ts';

function watched(): { watch: ServiceWatch; seen: string[] } {
  const seen: string[] = [];
  return { watch: new ServiceWatch((migration, failures) => seen.push(`${migration} ${failures}`)), seen };
}

/** As many answers, one each 10 ms. */
function answers(
  watch: ServiceWatch,
  count: number,
  by: 'monolith' | 'service',
  failed: boolean,
  from = 0,
): void {
  for (let i = 0; i < count; i++) watch.answered('catalog', by, failed, from + i * 10);
}

describe('a worker whose service fails', () => {
  test('twenty times in a row says so, once', () => {
    const { watch, seen } = watched();
    answers(watch, 19, 'service', true);
    assert.deepEqual(seen, []);
    answers(watch, 5, 'service', true, 200);
    assert.deepEqual(seen, ['catalog 20']);
  });

  test('nineteen times, and then not, says nothing', () => {
    const { watch, seen } = watched();
    answers(watch, 19, 'service', true);
    answers(watch, 1, 'service', false, 200);
    answers(watch, 19, 'service', true, 300);
    assert.deepEqual(seen, []);
  });

  test('twenty times over a long time says nothing', () => {
    const { watch, seen } = watched();
    for (let i = 0; i < 40; i++) watch.answered('catalog', 'service', true, i * 1000);
    assert.deepEqual(seen, []);
  });

  test('while the monolith fails as well says nothing, and says so once the monolith is back', () => {
    const { watch, seen } = watched();
    answers(watch, 20, 'monolith', true);
    answers(watch, 40, 'service', true);
    assert.deepEqual(seen, []);
    answers(watch, 11, 'monolith', false);
    answers(watch, 1, 'service', true, 400);
    assert.equal(seen.length, 1);
  });
});

test('a service that answers 500 to everything is asked no more by the worker, until its share was taken back and given anew', async (t) => {
  const told: string[] = [];
  await using estate = await startTestEstate({
    monolith: portOf(await listening(t, (_, answer) => answer.end())),
    service: portOf(await listening(t, (_, answer) => answer.writeHead(500).end())),
    shares: { serve: 100, cap: 100 },
    onServiceFailing: (migration) => told.push(migration),
  });
  const ask = async () => {
    const { status } = await fetch(`http://127.0.0.1:${estate.port}/a`);
    return status;
  };
  for (let i = 0; i < 20; i++) assert.equal(await ask(), 500);
  assert.deepEqual(told, ['catalog']);
  assert.equal(await ask(), 200);
  estate.apply({ serve: 100, cap: 100 });
  assert.equal(await ask(), 200, 'a snapshot of before gives nothing again');
  estate.apply({ serve: 100, cap: 0 });
  assert.equal(await ask(), 200);
  estate.apply({ serve: 100, cap: 100 });
  assert.equal(await ask(), 500, 'whoever took it back may give it again');
});

test('answers fail that were asked for before the flag fell, the service is asked as soon as it is raised again', async (t) => {
  const asked: ServerResponse[] = [];
  let allAsked = (): void => {};
  const service = await listening(t, (_, answer) => {
    asked.push(answer);
    if (asked.length >= 20) allAsked();
  });
  const told: string[] = [];
  await using estate = await startTestEstate({
    monolith: portOf(await listening(t, (_, answer) => answer.end())),
    service: portOf(service),
    shares: { serve: 100, cap: 100 },
    onServiceFailing: (migration) => told.push(migration),
  });
  const areAsked = new Promise<void>((resolve) => {
    allAsked = resolve;
  });
  const answers = Array.from({ length: 20 }, () => fetch(`http://127.0.0.1:${estate.port}/a`));
  await areAsked;
  estate.apply({ serve: 0, cap: 100 });
  for (const answer of asked) answer.writeHead(500).end();
  for (const answer of answers) assert.equal((await answer).status, 500);
  estate.apply({ serve: 100, cap: 100 });
  const last = fetch(`http://127.0.0.1:${estate.port}/a`);
  allAsked = () => asked.at(-1)!.writeHead(204).end();
  assert.equal((await last).status, 204);
  assert.deepEqual(told, []);
});

test('the service of a retired migration fails, it is asked all the same: the monolith may have forgotten it', async (t) => {
  const told: string[] = [];
  const options = {
    monolith: portOf(await listening(t, (_, answer) => answer.writeHead(404).end())),
    service: portOf(await listening(t, (_, answer) => answer.writeHead(500).end())),
    shares: { serve: 100, cap: 100 },
    onServiceFailing: (migration: string) => told.push(migration),
  };
  await using estate = await startTestEstate(options);
  estate.plane.apply({ ...snapshotOf(options, options.shares), retired: ['catalog'] });
  for (let i = 0; i < 25; i++) assert.equal((await fetch(`http://127.0.0.1:${estate.port}/a`)).status, 500);
  assert.deepEqual(told, []);
});

async function listening(t: TestContext, answer: RequestListener): Promise<Server> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
