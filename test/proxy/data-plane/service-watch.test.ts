import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { ServiceWatch } from '../../../proxy/data-plane/service-watch.ts';
import { startTestEstate } from './test-estate.ts';

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

test('a service that answers 500 to everything is asked no more by the worker, until its share was taken back and given anew', async () => {
  const [monolith, service] = [200, 500].map((status) =>
    createServer((_, answer) => answer.writeHead(status).end()).listen(0, '127.0.0.1'),
  );
  await Promise.all([once(monolith!, 'listening'), once(service!, 'listening')]);
  const portOf = (server: typeof monolith) => (server!.address() as AddressInfo).port;
  const told: string[] = [];
  await using estate = await startTestEstate({
    monolith: portOf(monolith),
    service: portOf(service),
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
  for (const server of [monolith!, service!]) {
    server.closeAllConnections();
    server.close();
  }
});
