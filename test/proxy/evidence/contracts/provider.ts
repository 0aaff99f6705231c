import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, type TestContext } from 'node:test';
import { pino } from 'pino';
import { listPacts } from '../../../../proxy/evidence/contracts/list-pacts.ts';
import { startVerificationRunner } from '../../../../proxy/evidence/contracts/run-verification.ts';
import {
  type VerifyContractsInput,
  verifyContracts,
} from '../../../../proxy/evidence/contracts/verify-contracts.ts';
import type { Upstream } from '../../../../proxy/routing/model.ts';

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export type Answer = (
  request: SeenRequest,
) => { status?: number; headers?: http.OutgoingHttpHeaders; json?: unknown } | undefined;

export interface Provider {
  readonly upstream: Upstream;
  readonly seen: SeenRequest[];
}

/** A provider on a free port, or on a socket; it never answers a request for which `answer` gives nothing. */
export async function startProvider(
  test: TestContext,
  answer: Answer,
  socketPath?: string,
): Promise<Provider> {
  const seen: SeenRequest[] = [];
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url = '', headers } = request;
    const received = { method, url, headers, body: Buffer.concat(chunks).toString() };
    seen.push(received);
    const given = answer(received);
    if (given === undefined) return;
    response.writeHead(given.status ?? 200, { 'content-type': 'application/json', ...given.headers });
    response.end(JSON.stringify(given.json ?? {}));
  });
  await new Promise<void>((listening) => {
    if (socketPath) server.listen(socketPath, listening);
    else server.listen(0, '127.0.0.1', listening);
  });
  test.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const port = socketPath ? 0 : (server.address() as AddressInfo).port;
  return { seen, upstream: upstreamAt(port, socketPath) };
}

export function upstreamAt(port: number, socketPath?: string): Upstream {
  return {
    id: 'side',
    protocol: socketPath ? 'unix:' : 'http:',
    hostname: socketPath ? '' : '127.0.0.1',
    port,
    socketPath: socketPath ?? '',
    basePath: '',
    host: undefined,
    version: undefined,
    connectTimeoutMs: 1000,
    responseTimeoutMs: 5000,
    idleTimeoutMs: 5000,
    maxConnections: 10,
    maxWaiting: 10,
    breaker: undefined,
    resolver: undefined,
    allowLinkLocal: false,
    credentials: 'drop',
    tls: undefined,
  };
}

/** A folder with the given files, removed after the test. */
export async function folderWith(
  test: TestContext,
  files: Readonly<Record<string, unknown>>,
): Promise<string> {
  const dir = await mkdtemp(path.join(tmpdir(), 'ficus-contracts-'));
  test.after(() => rm(dir, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    await writeFile(path.join(dir, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return dir;
}

/** Starting its process takes longer than verifying: the tests of a file share one. */
const runner = startVerificationRunner();
after(() => runner.close());

/** Verifies the pacts of `dir` for the service `catalog`, with what a test does not care about filled in. */
export async function verify(
  dir: string,
  upstreams: VerifyContractsInput['upstreams'],
  rest: Partial<VerifyContractsInput> = {},
) {
  return verifyContracts({
    migration: { id: 'products', service: 'catalog', routes: [] },
    upstreams,
    builds: { monolith: 'm1', service: 's1' },
    listing: await listPacts(dir, 'catalog'),
    pactsIn: dir,
    statesDir: dir,
    env: {},
    log: pino({ level: 'silent' }),
    clock: { now: () => Date.UTC(2026, 10, 3), monotonic: () => 0 },
    runner,
    timeoutMs: 20_000,
    ...rest,
  });
}

/** A pact of `web-shop` with `catalog`, in the version of the format that is the shortest to write. */
export function pactOf(interactions: readonly object[], provider = 'catalog', consumer = 'web-shop') {
  return {
    consumer: { name: consumer },
    provider: { name: provider },
    interactions,
    metadata: { pactSpecification: { version: '3.0.0' } },
  };
}

export const getProduct = {
  description: 'a request for a product',
  request: { method: 'GET', path: '/api/products/P-000017' },
  response: {
    status: 200,
    headers: { 'Content-Type': 'application/json' },
    body: { id: 'P-000017', name: 'Hose', price: 12.5 },
    matchingRules: {
      body: { '$.name': { matchers: [{ match: 'type' }] }, '$.price': { matchers: [{ match: 'decimal' }] } },
    },
  },
};
