import assert from 'node:assert/strict';
import { test } from 'node:test';
import { snapshotOf } from '../proxy/data-plane/test-estate.ts';
import { startTestProxy } from '../proxy/data-plane/test-proxy.ts';
import { askForLedger, Ledger, ledgerRequest } from '../support/ledger.ts';
import { LedgerUpstream } from '../support/ledger-upstream.ts';
import { RawClient } from '../support/raw-client.ts';
import { ScriptedUpstream } from '../support/scripted-upstream.ts';
import { until } from '../support/until.ts';
import { WorkerProcess } from '../support/worker-process.ts';

/** 10,000 with FICUS_TEST_ABORTS=10000. */
const ABORTS = Number(process.env['FICUS_TEST_ABORTS'] ?? 1000);
const AT_ONCE = 50;

const workerFor = (port: number): Promise<WorkerProcess> =>
  WorkerProcess.start(snapshotOf({ monolith: port, service: port, shares: {} }, {}));

test(`${ABORTS} clients that leave before their answer leave no file open, and are all counted`, async () => {
  const ledger = new Ledger();
  await using upstream = await LedgerUpstream.start({ name: 'monolith', record: ledger.record });
  await using worker = await workerFor(upstream.port);
  const ask = async (): Promise<void> => {
    using client = await RawClient.connect(worker.port);
    assert.equal(await askForLedger(ledger, client), 200);
  };
  await ask();
  const before = worker.openFiles();
  for (let i = 0; i < ABORTS; i += AT_ONCE) {
    await Promise.all(
      Array.from({ length: AT_ONCE }, async (_, which) => {
        using client = await RawClient.connect(worker.port);
        const method = which % 2 ? 'GET' : 'POST';
        const id = ledger.begin(method);
        client.send(ledgerRequest(id, { method, lines: ['X-Delay-Ms: 50'] }));
        ledger.left(id);
        await new Promise((turn) => setTimeout(turn, which % 10));
        client.reset();
      }),
    );
  }
  // Connections to the upstream that nobody needed any more may lie idle for a while.
  await until('its files are closed', () => worker.openFiles() <= before + AT_ONCE);
  await ask();
  await until('the last report is there', () => (worker.failures()['client_closed'] ?? 0) > ABORTS / 2);
  assert.deepEqual(Object.keys(worker.failures()), ['client_closed'], 'it speaks against nobody');
  assert.ok(worker.isAlive);
  ledger.assert();
});

for (const [name, framing, half] of [
  ['sized', 'Content-Length: 10', 'half'],
  ['chunked', 'Transfer-Encoding: chunked', '4\r\nhalf\r\n'],
] as const) {
  test(`100 clients that leave in the middle of a ${name} upload: the upstream sees 100 aborted, none complete`, async () => {
    const ledger = new Ledger();
    let aborted = 0;
    await using upstream = await LedgerUpstream.start({
      name: 'monolith',
      record(record) {
        assert.ok(!record.complete, 'half an upload is no upload');
        aborted++;
        ledger.record(record);
      },
    });
    await using proxy = await startTestProxy({ monolith: upstream.port, upstream: { maxConnections: 100 } });
    const clients = await Promise.all(
      Array.from({ length: 100 }, async () => {
        const client = await RawClient.connect(proxy.port);
        const id = ledger.begin('POST');
        client.send(ledgerRequest(id, { method: 'POST', lines: [framing] }) + half);
        ledger.left(id);
        return client;
      }),
    );
    await until('all are on their way', () => proxy.monolithConnections() === 100);
    await new Promise((turn) => setTimeout(turn, 100));
    for (const client of clients) client.reset();
    await until('the upstream has seen them go', () => aborted === 100);
    assert.deepEqual(proxy.takeReport().failures, { client_closed: 100 });
    ledger.assert();
  });
}

test('a client that leaves in the middle of 1 GB: its upstream is read no more within a second, memory is flat', async () => {
  const length = 1_000_000_000;
  const piece = Buffer.alloc(1_000_000, 'x');
  const gone = Promise.withResolvers<number>();
  await using upstream = await ScriptedUpstream.start(async (connection) => {
    const { socket } = connection;
    await connection.request();
    connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`);
    socket.on('close', () => gone.resolve(socket.bytesWritten));
    const pour = (): void => {
      while (!socket.destroyed && socket.write(piece));
      socket.once('drain', pour);
    };
    pour();
  });
  await using worker = await workerFor(upstream.port);
  const idle = worker.rss();
  const client = await RawClient.connect(worker.port);
  client.socket.removeAllListeners('data');
  let received = 0;
  const enough = new Promise<void>((resolve) =>
    client.socket.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received > 50_000_000) resolve();
    }),
  );
  client.send('GET /a HTTP/1.1\r\nHost: shop\r\n\r\n');
  await enough;
  client.reset();
  const leftAt = performance.now();
  assert.ok((await gone.promise) < length, 'it was read to its end');
  // A second, and what a busy machine adds to it.
  assert.ok(performance.now() - leftAt < 2000);
  assert.ok(worker.peakRss() - idle < 64 * 1024 * 1024, `${(worker.peakRss() - idle) >> 20} MiB over idle`);
});
