import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askOnce, RawClient } from '../support/raw-client.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { ScriptedUpstream } from '../support/scripted-upstream.ts';
import { monolithSnapshot, startFaultyWorkers } from './faulty-workers.ts';

const get = 'GET /a HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n';

test('while the only worker is dead, connections wait for the next one and none is refused', async () => {
  await using upstream = await RecordingUpstream.start();
  await using workers = await startFaultyWorkers({ count: 1, snapshot: monolithSnapshot(upstream.port) });
  const { pool } = workers;
  process.kill(pool.workers()[0]!.pid, 'SIGKILL');
  await workers.until('it is dead', () => pool.restarts === 1);
  for (let asked = 0; asked < 20; asked++) assert.equal((await askOnce(pool.port, get)).status, 200);
});

for (const fault of ['throw', 'oom']) {
  test(`a worker that ends by ${fault} is replaced; its own request is reset, others are answered`, async () => {
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      for (;;) {
        const request = await connection.request();
        if (!request.startLine.includes('/slow'))
          connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      }
    });
    await using workers = await startFaultyWorkers({ count: 1, snapshot: monolithSnapshot(upstream.port) });
    const { pool } = workers;
    const [first] = pool.workers();
    using slow = await RawClient.connect(pool.port);
    slow.send('GET /slow HTTP/1.1\r\nHost: shop\r\n\r\n');
    await workers.until('the upstream has it', () => upstream.connections.length > 0);
    workers.play(fault, first!.pid);
    await slow.ending();
    assert.equal(slow.unread.length, 0);
    await workers.until('there is another', () => {
      const [now] = pool.workers();
      return now !== undefined && now.pid !== first!.pid && now.revision > 0;
    });
    assert.equal((await askOnce(pool.port, get)).status, 200);
    assert.equal(pool.restarts, 1);
  });
}

test('a snapshot that no worker can apply is refused, and one that dies starts again with the last good one', async () => {
  await using upstream = await RecordingUpstream.start();
  const good = monolithSnapshot(upstream.port);
  await using workers = await startFaultyWorkers({ count: 2, snapshot: good });
  const { pool } = workers;
  pool.apply({ ...good, revision: 2, routing: { ...good.routing, default: 'nowhere' } });
  await workers.until('both have refused it', () => pool.refusedSnapshots === 2);
  process.kill(pool.workers()[0]!.pid, 'SIGKILL');
  await workers.until('there are two again', () => {
    const all = pool.workers();
    return pool.restarts === 1 && all.length === 2 && all.every(({ revision }) => revision === 1);
  });
  assert.equal((await askOnce(pool.port, get)).status, 200);
  pool.apply({ ...good, revision: 3 });
  await workers.until('a good one is applied', () => pool.workers().every(({ revision }) => revision === 3));
  assert.equal(pool.restarts, 1);
});
