import assert from 'node:assert/strict';
import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { json, text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { startTestRedis } from '../../support/redis.ts';
import { API_KEY, startLegacyDatabase, type TestDatabase } from './test-catalog.ts';

let database: TestDatabase;

before(async () => {
  database = await startLegacyDatabase();
});
after(async () => {
  for (const child of started) child.kill('SIGKILL');
  await database.stop();
});

const started: ChildProcess[] = [];

function startProcess(environment: Record<string, string>): ChildProcessByStdio<null, Readable, Readable> {
  const main = join(import.meta.dirname, '../../../extracted-services/catalog/main.ts');
  const child = spawn(process.execPath, [main], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { DATABASE_URL: database.url, PORT: '0', API_KEYS: API_KEY, ...environment },
  });
  started.push(child);
  return child;
}

/** The address that the process listens at, once it has logged all of the messages. */
async function addressOf({ stdout }: { stdout: Readable }, ...messages: string[]): Promise<string> {
  const missing = new Set(['listening', ...messages]);
  let url = '';
  for await (const line of createInterface({ input: stdout })) {
    const entry = line.startsWith('{"level"') ? JSON.parse(line) : {};
    missing.delete(entry.msg);
    url = entry.url ?? url;
    if (missing.size === 0) return url;
  }
  throw new Error(`The catalog ended without having logged ${[...missing]}`);
}

test('started by main.ts, it serves, and SIGTERM ends it with exit code 0', async () => {
  const child = startProcess({ SERVICE_VERSION: '7.0.0' });
  const url = await addressOf(child);
  const announced = await fetch(`${url}/.well-known/ficus`);
  assert.equal(
    await announced.text(),
    '{"service":"catalog","version":"7.0.0","dryRun":true,"openapi":"/openapi.json"}',
  );
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  assert.deepEqual(await exited, [0, null]);
});

test('settings that are not usable: exit code 1, and every one of them is named', async () => {
  const child = startProcess({ PORT: 'http', CATALOG_FAULTS: 'typo' });
  const [output, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  assert.equal(code, 1);
  assert.match(output, /PORT is "http"/);
  assert.match(
    output,
    /CATALOG_FAULTS has "typo": only rounded-prices, dropped-null, moved-category are known/,
  );
  assert.doesNotMatch(output, /at .*\.ts/);
});

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const PARENT_ID = 'b7ad6b7169203331';
const traceparent = `00-${TRACE_ID}-${PARENT_ID}-01`;

type Span = {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
};
type Export = { resourceSpans: { resource: { attributes: Attribute[] }; scopeSpans: { spans: Span[] }[] }[] };
type Attribute = { key: string; value: { stringValue?: string } };

test('with an OTLP endpoint, a request in flight at the end continues its traceparent down to Redis and Postgres', async () => {
  const exports: Export[] = [];
  const receiver = createServer(async (request, response) => {
    if (request.url === '/v1/traces') exports.push((await json(request)) as Export);
    response.end('{}');
  }).listen(0, '127.0.0.1');
  const [redis] = await Promise.all([startTestRedis(), once(receiver, 'listening')]);
  try {
    const child = startProcess({
      REDIS_URL: redis.url,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_NODE_RESOURCE_DETECTORS: 'env',
    });
    const exited = once(child, 'exit');
    const url = await addressOf(child, 'imported', 'cache is connected');
    const unlock = await lockProducts();
    const answer = fetch(`${url}/api/products/P-000017`, { headers: { traceparent } });
    await somebodyWaitsForALock();
    child.kill('SIGTERM');
    await addressIsGone(url);
    await unlock();
    assert.equal((await answer).status, 200);
    assert.deepEqual(await exited, [0, null]);
  } finally {
    receiver.close();
    await redis.stop();
  }

  const resources = exports.flatMap(({ resourceSpans }) => resourceSpans);
  const name = resources[0]?.resource.attributes.find(({ key }) => key === 'service.name');
  assert.equal(name?.value.stringValue, 'catalog');
  const spans = resources
    .flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans))
    .filter((span) => span.traceId === TRACE_ID);
  const server = spans.find(({ parentSpanId }) => parentSpanId === PARENT_ID);
  assert.equal(server?.name, 'GET /api/products/:productId');
  const names = spans.map(({ name }) => name);
  assert.ok(names.includes('mget'), names.join(', '));
  const query = `pg.query:SELECT ${new URL(database.url).pathname.slice(1)}`;
  assert.ok(names.includes(query), names.join(', '));
});

async function lockProducts(): Promise<() => Promise<void>> {
  const client = await database.pool.connect();
  await client.query('BEGIN; LOCK TABLE catalog.product');
  return async () => {
    await client.query('ROLLBACK');
    client.release();
  };
}

async function somebodyWaitsForALock(): Promise<void> {
  for (let waiting = 0; waiting === 0; ) {
    const { rows } = await database.pool.query(
      `SELECT count(*)::int AS waiting FROM pg_stat_activity
       WHERE wait_event_type = 'Lock' AND datname = current_database()`,
    );
    waiting = rows[0].waiting;
  }
}

async function addressIsGone(url: string): Promise<void> {
  while (
    await fetch(`${url}/healthz`).then(
      () => true,
      () => false,
    )
  );
}
