import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { snapshotOf } from '../proxy/data-plane/test-estate.ts';
import { sampleRoute } from '../proxy/routing/sample-routing.ts';
import { drink, pour } from '../support/flowing.ts';
import { until } from '../support/until.ts';
import { WorkerProcess } from '../support/worker-process.ts';

export interface BigBodyFigures {
  readonly upSeconds: number;
  readonly downSeconds: number;
  /** Most resident memory over what the worker had before, in MiB. */
  readonly overIdleMiB: number;
  /** What became of the copies: the upload's is not sent, the answers of the download's are not kept. */
  readonly shadow: {
    readonly dropped: Record<string, number>;
    readonly monolith: string;
    readonly service: string;
  };
}

const big = { ...sampleRoute('* /big'), shadow: 'dry-run' } as const;

/**
 * So many megabytes up, then down, through a worker process with every request shadowed: each must arrive
 * byte for byte, and neither is kept for its copy.
 */
export async function sendBigBodies(
  megabytes: number,
  framing: 'sized' | 'chunked',
): Promise<BigBodyFigures> {
  const length = megabytes * 1_000_000;
  const headers = framing === 'sized' ? { 'Content-Length': length } : {};
  let copiedUploads = 0;
  const upstream = createServer({ requestTimeout: 0 }, async (req, res) => {
    if (req.method === 'PUT') {
      if (req.headers['ficus-shadow'] !== undefined) copiedUploads++;
      res.end(JSON.stringify(await drink(req)));
      return;
    }
    res.writeHead(200, headers);
    await pour(res, megabytes);
    res.end();
  });
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  const { port } = upstream.address() as AddressInfo;
  const options = { monolith: port, service: port, routes: [big], canDryRun: true, shares: {} };
  try {
    await using worker = await WorkerProcess.start(snapshotOf(options, { shadow: 100 }));
    const ask = (method: string, fields: object) =>
      request({ port: worker.port, host: '127.0.0.1', path: '/big', method, headers: { ...fields } });
    const warm = ask('OPTIONS', {}).end();
    const [warmed] = await once(warm, 'response');
    warmed.destroy();
    const idle = worker.rss();

    let startedAt = performance.now();
    const up = ask('PUT', headers);
    const answered = once(up, 'response');
    const sent = await pour(up, megabytes);
    up.end();
    const [uploaded] = await answered;
    const chunks = await uploaded.toArray();
    assert.deepEqual(JSON.parse(Buffer.concat(chunks).toString()), { length, hash: sent });
    const upSeconds = (performance.now() - startedAt) / 1000;

    startedAt = performance.now();
    const down = ask('GET', {}).end();
    const [download] = await once(down, 'response');
    assert.deepEqual(await drink(download), { length, hash: sent });
    const downSeconds = (performance.now() - startedAt) / 1000;

    const overIdleMiB = (worker.peakRss() - idle) / 1024 / 1024;
    const pairOfDownload = () => worker.pairs.find(({ request }) => request.method === 'GET');
    const droppedUpload = () => worker.reports.find(({ shadowDropped }) => 'catalog' in shadowDropped);
    await until(
      'the worker has said what became of the copies',
      () => !!(pairOfDownload() && droppedUpload()),
    );
    assert.equal(copiedUploads, 0, 'a copy of a body that is too large to keep');
    const { monolith, service } = pairOfDownload()!;
    const shadow = {
      dropped: droppedUpload()!.shadowDropped['catalog']!,
      monolith: monolith.outcome,
      service: service.outcome,
    };
    return { upSeconds, downSeconds, overIdleMiB, shadow };
  } finally {
    upstream.close();
    upstream.closeAllConnections();
  }
}
