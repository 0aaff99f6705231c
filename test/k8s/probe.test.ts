import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, test } from 'node:test';

const script = path.resolve(import.meta.dirname, '../../scripts/probe.ts');

function probe(port: number): Promise<{ code: number; stderr: string }> {
  return new Promise((resolve) => {
    const env = { FICUS_ADMIN_PORT: String(port) };
    const child = execFile(process.execPath, [script, '/readyz'], { env }, (_error, _stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stderr }),
    );
  });
}

async function probeAgainst(answer: RequestListener): Promise<{ code: number; stderr: string }> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await probe((server.address() as AddressInfo).port);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe('the probe', () => {
  test('asks for the path it was given: 0 when the answer is 200', async () => {
    const asked: (string | undefined)[] = [];
    const { code } = await probeAgainst((request, response) => {
      asked.push(request.url);
      response.end('{}');
    });
    assert.equal(code, 0);
    assert.deepEqual(asked, ['/readyz']);
  });

  test('an answer of 503: 1, with what it said', async () => {
    const { code, stderr } = await probeAgainst((_request, response) => {
      response.writeHead(503).end('{"ready":false}');
    });
    assert.equal(code, 1);
    assert.match(stderr, /\/readyz: 503 \{"ready":false\}/);
  });

  test('no answer: 1 before kubelet gives up', async () => {
    const { code, stderr } = await probeAgainst(() => {});
    assert.equal(code, 1);
    assert.match(stderr, /no answer within 3000 ms/);
  });

  test('nobody listens: 1', async () => {
    const { code, stderr } = await probe(1);
    assert.equal(code, 1);
    assert.match(stderr, /ECONNREFUSED/);
  });
});
