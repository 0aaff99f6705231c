import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { checkFile } from '../../proxy/config/check.ts';
import { readSource } from '../../proxy/init/read-source.ts';
import { fileWith, withFolder } from '../proxy/recording/sample-recording.ts';
import { runFicus } from './run-ficus.ts';

const at = '[24/Nov/2026:10:00:00 +0000]';
const line = (request: string, status: number, seconds = 0.01) =>
  `10.0.0.1 - - ${at} "${request} HTTP/1.1" ${status} 5 "-" "-" ${seconds}\n`;

const log = [
  ...Array.from({ length: 40 }, (_, i) => line(`GET /api/products/${i}`, 200)),
  ...Array.from({ length: 10 }, () => line('GET /api/products?page=2', 200, 0.02)),
  ...Array.from({ length: 30 }, (_, i) => line(`PUT /api/orders/${i}`, 200)),
  ...Array.from({ length: 30 }, (_, i) => line(`GET /api/orders/${i}`, 200)),
  ...Array.from({ length: 90 }, (_, i) => line('GET /reports/daily', i % 2 ? 500 : 200)),
  ...Array.from({ length: 99 }, (_, i) => line(`GET /${i}.php`, 404)),
  'no line of a log\n',
  '\x1b[2Jnor this\n',
].join('');

/** Every suggestion, its comment signs taken away: what somebody will do with the file one day. */
function uncommented(routes: string): string {
  return routes.replace(/^ {2}# (?= *[a-z-]+: ?| {2,}service| {2,}routes| {2,}- )(?!\d)/gm, '  ');
}

test('of a log comes a file that check takes, its suggestions too, the best one to begin with first', async () => {
  await withFolder(async (folder) => {
    const file = await fileWith(folder, 'access.log.gz', gzipSync(log));
    const out = path.join(folder, 'routes.yaml');
    const { exitCode, stdout, stderr } = await runFicus([
      'init',
      '--from',
      file,
      '--out',
      out,
      '--monolith',
      'http://shop.test:80',
    ]);
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /5 routes in 3 groups, of 299 requests of an access log \(2 lines are no request\)/);
    assert.match(stderr, /99 only ever refused \(4xx\)/);
    const routes = await readFile(out, 'utf8');
    assert.equal((await checkFile(out)).exitCode, 0);
    assert.match(
      routes,
      /^ {6}- GET \/api\/products\/\{productId\} # 40 requests, none failed, p50 10 ms, p99 10 ms$/m,
    );
    assert.deepEqual(routes.match(/\d\. [a-z]+: .*?\)/g), [
      '1. products: 50 requests (25 %)',
      '2. orders: 60 requests (30 %)',
      '3. reports: 90 requests (45 %)',
    ]);
    const all = await fileWith(folder, 'all.yaml', uncommented(routes));
    const { exitCode: allGood, stdout: counts, stderr: problems } = await checkFile(all);
    assert.equal(allGood, 0, problems);
    assert.match(counts, /4 upstreams, 3 migrations, 5 routes/);
    const again = await runFicus(['init', '--from', file, '--out', out]);
    assert.equal(again.exitCode, 1);
    assert.match(again.stderr, /routes\.yaml exists; --force writes over it/);
  });
});

const openApi = `openapi: 3.1.0
servers: [{ url: https://shop.test/v1/ }]
paths:
  /orders:
    get: { summary: "All orders\\n\\u001b[2J: # of them" }
    post: {}
  /orders/{order-id}: { get: { deprecated: true } }
  /files/{name}.{ext}: { get: {} }
  /files/{other}: { get: {} }
  /a;b: { get: {} }
`;

test('of an OpenAPI document come its operations, with what can not be a route named', async () => {
  await withFolder(async (folder) => {
    const file = await fileWith(folder, 'api.yaml', openApi);
    const { exitCode, stdout, stderr } = await runFicus(['init', '--from', file]);
    assert.equal(exitCode, 0, stderr);
    const routes = stdout.match(/(GET|POST) \/\S+/g);
    assert.deepEqual(routes?.sort(), [
      'GET /v1/files/{name}',
      'GET /v1/orders',
      'GET /v1/orders/{order_id}',
      'POST /v1/orders',
    ]);
    assert.ok(!stdout.includes('\x1b'));
    assert.match(stderr, /GET \/v1\/files\/\{other\} is the same as another route/);
    assert.match(stderr, /"\/v1\/a;b" has a ";"/);
    assert.equal((await checkFile(await fileWith(folder, 'routes.yaml', stdout))).exitCode, 0);
  });
});

test('of a HAR comes what the monolith was asked, and it is the monolith', async () => {
  const entry = (url: string) => ({
    startedDateTime: '2026-11-24T10:00:00.000Z',
    time: 20,
    request: { method: 'GET', url, headers: [] },
    response: { status: 200, headers: [] },
  });
  const urls = ['https://shop.test/api/orders/1', 'https://shop.test/api/orders/2', 'https://cdn.test/x.js'];
  await withFolder(async (folder) => {
    const file = await fileWith(folder, 'traffic.har', JSON.stringify({ log: { entries: urls.map(entry) } }));
    const { exitCode, stdout, stderr } = await runFicus(['init', '--from', file]);
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /monolith: \{ url: "https:\/\/shop\.test" \}/);
    assert.match(stdout, /- GET \/api\/orders\/\{orderId\} # 2 requests/);
    assert.match(stderr, /1 to other origins/);
  });
});

const nothing: [string, string, RegExp][] = [
  ['no.log', 'hello\n', /has no line of an access log in the common, combined or a JSON format/],
  ['api.yaml', 'openapi: 2.0\n', /is no OpenAPI 3\.0 or 3\.1/],
  ['empty.har', '{"log":{"entries":[]}}', /has no request in it/],
];
for (const [name, text, message] of nothing) {
  test(`a ${name} that shows nothing is refused with what was expected`, async () => {
    await withFolder(async (folder) => {
      await assert.rejects(readSource(await fileWith(folder, name, text), undefined), message);
    });
  });
}
