import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pino from 'pino';
import { WebSocket } from 'ws';
import { login, type MonolithPath, monolithPaths } from '../../examples/monolith/paths.ts';
import { parseRoutes } from '../../proxy/config/parse-routes.ts';
import { type DataPlane, startDataPlane } from '../../proxy/data-plane/data-plane.ts';
import { emptyFeatureSet } from '../../proxy/flags/feature-set.ts';
import { systemClock } from '../../proxy/telemetry/clock.ts';
import { type RawAnswer, sendRaw } from '../examples/monolith/send-raw.ts';
import { startTestMonolith, type TestMonolith } from '../examples/monolith/start-test-monolith.ts';

/** What may differ between the monolith's own answer and the one through the proxy: the time, and this hop's own. */
const perHop = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding']);

let monolith: TestMonolith;
let proxy: DataPlane;
let cookie: string;

before(async () => {
  monolith = await startTestMonolith();
  cookie = await login(monolith.url);
  const routes = `
upstreams:
  monolith: { url: ${monolith.url} }
  catalog: { url: http://127.0.0.1:1 }
default: monolith
migrations:
  catalog: { service: catalog, routes: [GET /api/products, 'GET /api/products/{productId}', GET /api/categories] }
`;
  const parsed = parseRoutes(routes, { file: 'routes.yaml', baseDir: '/' });
  assert.ok(parsed.ok);
  proxy = await startDataPlane(
    {
      host: '127.0.0.1',
      port: 0,
      debugHeaders: false,
      log: pino({ level: 'silent' }),
      clock: systemClock,
      deliverPair: () => true,
    },
    { revision: 1, routing: parsed.model, features: emptyFeatureSet, caps: {}, dryRunMigrations: [] },
  );
});

after(async () => {
  await proxy.close(100);
  await monolith.close();
});

for (const entry of monolithPaths.filter(({ kind }) => kind !== 'websocket')) {
  test(`${entry.method} ${entry.name}: the same bytes through the proxy as without it`, async () => {
    const direct = await send(monolith.port, entry);
    const through = await send(proxy.port, entry);
    assert.deepEqual(comparable(through, entry), comparable(direct, entry));
  });
}

for (const entry of monolithPaths.filter(({ kind }) => kind === 'websocket')) {
  test(`WebSocket ${entry.name}: the same messages through the proxy as without it`, async () => {
    assert.deepEqual(await converse(proxy.port, entry), await converse(monolith.port, entry));
  });
}

test('the list covers the whole monolith: at least 25 different paths', () => {
  assert.ok(new Set(monolithPaths.map(({ path }) => path.split('?')[0])).size >= 25);
});

/** With the same Host both ways: redirects and the WSDL name it. */
function send(port: number, entry: MonolithPath): Promise<RawAnswer> {
  return sendRaw(port, { ...entry, host: 'shop.example', headers: headersOf(entry) });
}

function headersOf(entry: MonolithPath): Record<string, string> {
  return { ...entry.headers, ...(entry.login ? { Cookie: cookie } : {}) };
}

function comparable(answer: RawAnswer, { mayDiffer = [] }: MonolithPath) {
  const nameOf = (line: string) => line.slice(0, line.indexOf(':')).toLowerCase();
  const headers = answer.headerLines.filter((line) => {
    const name = nameOf(line);
    return !perHop.has(name) && !mayDiffer.includes(`header:${name}`);
  });
  return { status: answer.status, headers, body: comparableBody(answer.body, mayDiffer) };
}

function comparableBody(body: Buffer, mayDiffer: readonly string[]): unknown {
  const keys = mayDiffer.filter((place) => place.startsWith('body:/')).map((place) => place.slice(6));
  if (keys.length === 0) return body.toString('latin1');
  const parsed = JSON.parse(body.toString()) as Record<string, unknown>;
  for (const key of keys) delete parsed[key];
  return parsed;
}

function converse(port: number, entry: MonolithPath): Promise<string[]> {
  const { send: messages = [], receives = 0 } = entry;
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${entry.path}`, { headers: headersOf(entry) });
    const received: string[] = [];
    socket.on('error', reject);
    socket.on('open', () => {
      for (const message of messages) socket.send(message);
    });
    socket.on('message', (data, isBinary) => {
      received.push(`${isBinary ? 'binary' : 'text'} ${data.toString()}`);
      if (received.length === receives) socket.close(1000);
    });
    socket.on('close', (code) => resolve([...received, `closed ${code}`]));
  });
}
