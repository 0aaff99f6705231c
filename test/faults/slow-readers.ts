import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { snapshotOf } from '../proxy/data-plane/test-estate.ts';
import { pour } from '../support/flowing.ts';
import { askOnce, RawClient } from '../support/raw-client.ts';
import { WorkerProcess } from '../support/worker-process.ts';

export interface SlowReaderFigures {
  /** Resident memory over what the worker had before, in MiB: the most there was, and once nothing moves. */
  readonly peakMiB: number;
  readonly heldMiB: number;
  /** What the upstream could hand over in all, in MB: it must have been held back. */
  readonly takenMB: number;
}

/** So many clients ask for so many megabytes each and read nothing of it, until nothing moves any more. */
export async function holdSlowReaders(count: number, megabytesEach: number): Promise<SlowReaderFigures> {
  const upstream = createServer(async (req, res) => {
    if (req.url !== '/big') {
      res.end('ok');
      return;
    }
    res.writeHead(200, { 'Content-Length': megabytesEach * 1_000_000 });
    await Promise.race([pour(res, megabytesEach).then(() => res.end()), once(res, 'close')]);
  });
  const sockets = new Set<{ bytesWritten: number }>();
  upstream.on('connection', (socket) => sockets.add(socket));
  upstream.listen({ port: 0, host: '127.0.0.1', backlog: 1024 });
  await once(upstream, 'listening');
  const { port } = upstream.address() as AddressInfo;
  const room = {
    maxConnections: count + 10,
    connectTimeoutMs: 30_000,
    responseTimeoutMs: 60_000,
    idleTimeoutMs: 60_000,
  };
  const clients: RawClient[] = [];
  try {
    const options = { monolith: port, service: port, monolithUpstream: room, shares: {} };
    await using worker = await WorkerProcess.start(snapshotOf(options, {}));
    const small = 'GET /small HTTP/1.1\r\nHost: shop\r\n\r\n';
    for (let i = 0; i < 50; i++) assert.equal((await askOnce(worker.port, small)).text, 'ok');
    const idle = worker.rss();
    for (let i = 0; i < count; i++) {
      const client = await RawClient.connect(worker.port);
      client.socket.pause();
      client.send('GET /big HTTP/1.1\r\nHost: shop\r\n\r\n');
      clients.push(client);
    }
    const taken = (): number => [...sockets].reduce((sum, { bytesWritten }) => sum + bytesWritten, 0);
    for (let before = -1; before < taken(); await wait(500)) before = taken();
    assert.equal((await askOnce(worker.port, small)).text, 'ok', 'the others are served');
    const overIdle = (bytes: number): number => (bytes - idle) / 1024 / 1024;
    return {
      peakMiB: overIdle(worker.peakRss()),
      heldMiB: overIdle(worker.rss()),
      takenMB: taken() / 1_000_000,
    };
  } finally {
    for (const client of clients) client.reset();
    upstream.close();
    upstream.closeAllConnections();
  }
}
