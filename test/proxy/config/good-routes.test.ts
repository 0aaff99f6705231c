import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadRoutes } from '../../../proxy/config/load-routes.ts';
import { parseRoutes } from '../../../proxy/config/parse-routes.ts';
import { formatProblem } from '../../../proxy/config/problem.ts';
import type { RoutingModel } from '../../../proxy/routing/model.ts';

const fixtures = fileURLToPath(new URL('../../fixtures/config/', import.meta.url));

async function load(name: string): Promise<{ model: RoutingModel; warnings: string[] }> {
  const { parsed } = await loadRoutes(`${fixtures}good/${name}`);
  if (!parsed.ok) assert.fail(parsed.problems.map(formatProblem).join('\n'));
  const warnings = parsed.warnings.map(formatProblem).map((text) => text.replace(`${fixtures}good/`, ''));
  return { model: parsed.model, warnings };
}

function parse(text: string): RoutingModel {
  const parsed = parseRoutes(text, { file: 'routes.yaml', baseDir: '/etc/ficus' });
  if (!parsed.ok) assert.fail(parsed.problems.map(formatProblem).join('\n'));
  return parsed.model;
}

test("the design's example is read as it says", async () => {
  const { model, warnings } = await load('design-example.yaml');
  assert.deepEqual(warnings, []);
  assert.equal(model.default, 'monolith');
  assert.deepEqual(
    model.migrations[0]!.routes.map(({ id, shadow }) => `${id} ${shadow}`),
    ['GET /api/products compare', 'GET /api/products/{productId} compare', 'POST /api/products dry-run'],
  );
  assert.deepEqual(model.migrations[0]!.stickBy, [
    { from: 'header', name: 'x-user-id' },
    { from: 'cookie', name: 'sid' },
  ]);
});

test('ten lines with two upstreams and one migration get every default', async () => {
  const { model, warnings } = await load('ten-lines.yaml');
  assert.deepEqual(warnings, [
    'ten-lines.yaml:6:3 migrations.billing has no stickBy: below 100 % the monolith answers everybody',
  ]);
  const [monolith] = model.upstreams;
  assert.deepEqual(monolith, {
    id: 'monolith',
    protocol: 'http:',
    hostname: '127.0.0.1',
    port: 9000,
    socketPath: '',
    basePath: '',
    host: undefined,
    version: undefined,
    connectTimeoutMs: 2000,
    responseTimeoutMs: 30_000,
    idleTimeoutMs: 300_000,
    maxConnections: 256,
    maxWaiting: 1024,
    breaker: { failures: 5, windowMs: 10_000, openMs: 1000, counts: 'connect' },
    resolver: undefined,
    allowLinkLocal: false,
    credentials: 'drop',
    tls: undefined,
  });
  const { rulesHash, ...migration } = model.migrations[0]!;
  assert.match(rulesHash, /^[0-9a-f]{12}$/);
  assert.deepEqual(migration, {
    id: 'billing',
    service: 'billing',
    owner: undefined,
    hosts: [],
    stickBy: [],
    routes: ['/api/invoices', '/api/invoices/{invoiceId}'].map((template) => ({
      id: `GET ${template}`,
      method: 'GET',
      template,
      shadow: 'compare',
      rewrite: undefined,
    })),
    shadow: {
      timeoutMs: 1000,
      maxBodyBytes: 1_048_576,
      noise: { share: 10, maxPerSecond: 5 },
      compare: { ignore: [], unordered: [], tolerate: [] },
      redact: [],
    },
    gate: {
      minPairs: 3000,
      agreement: 0.995,
      latencyP99Ratio: 1.2,
      latencyFloorMs: 5,
      contracts: 'required',
      unproven: 'refuse',
      unjudged: 'refuse',
      coverage: 'warn',
      openapi: 'warn',
    },
    coverage: { role: undefined, roles: [], minPairs: 1 },
    canary: { steps: [1, 5, 25, 50, 100], holdMinutes: 15, minRequests: 1000 },
    retire: { afterDays: 30 },
    guard: {
      errorRate: 0.01,
      timesMonolith: 2,
      windowSeconds: 60,
      minRequests: 50,
      slowRate: 0.05,
      latencyP99Ratio: 3,
      latencyFloorMs: 50,
      mismatchRate: 0.05,
    },
    contracts: { pacts: `${fixtures}good/contracts/pacts`, states: `${fixtures}good/contracts/states` },
  });
});

test('every setting that is written is in the model', async () => {
  const { model, warnings } = await load('everything.yaml');
  const pem = (name: string) => readFileSync(`${fixtures}tls/${name}.pem`, 'utf8');
  const [monolith, catalog, metadata] = model.upstreams;
  assert.deepEqual(monolith, {
    id: 'monolith',
    protocol: 'https:',
    hostname: '2001:db8::1',
    port: 9443,
    socketPath: '',
    basePath: '/base',
    host: 'shop.example.com:8443',
    version: '2026.11.3+build.7',
    connectTimeoutMs: 1,
    responseTimeoutMs: 2,
    idleTimeoutMs: 3,
    maxConnections: 4,
    maxWaiting: 5,
    breaker: { failures: 6, windowMs: 7, openMs: 8, counts: 'any' },
    resolver: '[::1]:53',
    allowLinkLocal: false,
    credentials: ['authorization', 'x-api-key'],
    tokens: [
      { header: 'authorization', value: 'Bearer for-the-copies' },
      { header: 'x-api-key', values: { 'key-old': 'key-new', ['__proto__']: 'key-odd' } },
    ],
    tls: { ca: pem('ca'), cert: pem('ca'), key: pem('key') },
  });
  assert.equal(catalog!.protocol, 'unix:');
  assert.equal(catalog!.breaker, undefined);
  assert.equal(metadata!.breaker?.openMs, 5000);
  assert.equal(metadata!.allowLinkLocal, true);
  assert.equal(catalog!.socketPath, '/run/catalog.sock');
  assert.equal(metadata!.hostname, '169.254.169.254');
  assert.equal(metadata!.port, 80);

  const { rulesHash: _, ...migration } = model.migrations[0]!;
  assert.deepEqual(migration, {
    id: 'catalog',
    service: 'catalog',
    owner: 'team-catalog',
    openapi: `${fixtures}good/specs/catalog.yaml`,
    hosts: ['shop.example.com', '10.0.0.1'],
    stickBy: [{ from: 'header', name: 'x-user-id' }, { from: 'cookie', name: 'SID' }, { from: 'random' }],
    routes: [
      ['GET', '/api/products/{productId}', 'compare', undefined],
      ['*', '/api/legacy/**', 'compare', undefined],
      ['PATCH', '/api/products/{id}', 'dry-run', '/v2/{id}/products'],
      ['POST', '/caf%C3%A9/', 'record', undefined],
      ['GET', '/', 'never', undefined],
      ['DELETE', '/api/products/{id}', 'never', undefined],
    ].map(([method, template, shadow, rewrite]) => ({
      id: `${method} ${template}`,
      method,
      template,
      shadow,
      rewrite,
    })),
    shadow: {
      timeoutMs: 5,
      maxBodyBytes: 0,
      noise: { share: 0.5, maxPerSecond: 0 },
      compare: {
        ignore: ['status', 'header:date', 'header:set-cookie/sid/value', 'body:'],
        unordered: [
          { at: 'body:/items/*/tags', key: undefined },
          { at: 'body:', key: '/sku/~1x' },
        ],
        tolerate: [{ at: 'body:/price', within: 0.001 }],
      },
      redact: ['header:authorization', 'body:/customer/*/email'],
    },
    gate: {
      minPairs: 0,
      agreement: 0.999,
      latencyP99Ratio: 2,
      latencyFloorMs: 0,
      contracts: 'off',
      unproven: 'allow',
      unjudged: 'allow',
      coverage: 'require',
      openapi: 'require',
    },
    coverage: { role: { from: 'header', name: 'x-role' }, roles: ['clerk', 'admin'], minPairs: 5 },
    canary: { steps: [0.1, 0.25, 1, 50, 100], holdMinutes: 0, minRequests: 0 },
    retire: { afterDays: 90 },
    readYourWritesSeconds: 120,
    guard: {
      errorRate: 0.005,
      timesMonolith: 1,
      windowSeconds: 1,
      minRequests: 0,
      slowRate: 0.02,
      latencyP99Ratio: 4,
      latencyFloorMs: 20,
      mismatchRate: 0.01,
    },
    contracts: { pacts: `${fixtures}good/pacts`, states: '/srv/states' },
  });
  assert.deepEqual(warnings, [
    'everything.yaml:31:45 migrations.catalog.stickBy[2] is drawn anew for each request: the same user may get either side',
  ]);
});

test('pacts come from a URL and from a broker, which is asked by default for what is on main and deployed', () => {
  const contractsOf = (contracts: string) => {
    const parsed = parseRoutes(
      `{ upstreams: { m: { url: 'http://127.0.0.1:1' }, s: { url: 'http://127.0.0.1:2' } }, default: m,
         migrations: { one: { service: s, routes: [GET /a], contracts: ${contracts} } } }`,
      { file: 'routes.yaml', baseDir: '/srv' },
    );
    assert.ok(parsed.ok, JSON.stringify(parsed));
    return parsed.model.migrations[0]!.contracts;
  };
  assert.deepEqual(
    contractsOf('{ pacts: https://pacts.example/a.json, broker: { url: https://broker.example/b/ } }'),
    {
      pacts: 'https://pacts.example/a.json',
      states: '/srv/contracts/states',
      broker: {
        url: 'https://broker.example/b',
        provider: 's',
        selectors: [{ mainBranch: true }, { deployedOrReleased: true }],
        pending: true,
        publish: false,
      },
    },
  );
  const { broker } = contractsOf(
    `{ broker: { url: http://b, provider: shop, branch: main, wipSince: '2026-01-31', publish: true, pending: false,
       selectors: [{ tag: prod, latest: true }] } }`,
  );
  assert.deepEqual(broker, {
    url: 'http://b',
    provider: 'shop',
    selectors: [{ tag: 'prod', latest: true }],
    branch: 'main',
    wipSince: '2026-01-31',
    pending: false,
    publish: true,
  });
});

test('a file without migrations is one', async () => {
  assert.deepEqual((await load('no-migrations.yaml')).model.migrations, []);
});

test('an upstream that nothing uses is warned of', () => {
  const parsed = parseRoutes(
    'upstreams: { monolith: { url: "http://a" }, spare: { url: "http://b" } }\ndefault: monolith\n',
    { file: 'routes.yaml', baseDir: '/' },
  );
  assert.ok(parsed.ok);
  assert.deepEqual(parsed.warnings.map(formatProblem), [
    'routes.yaml:1:45 upstreams.spare is not used by any migration',
  ]);
});

test('a token may come from the environment: known to the proxy, left open by whoever only checks the file', () => {
  const text = `upstreams: { m: { url: 'http://a', tokens: [{ header: authorization, env: FICUS_SECRET_M }] } }
default: m
`;
  const tokens = (secrets?: Record<string, string>) => {
    const parsed = parseRoutes(text, { file: 'routes.yaml', baseDir: '/', secrets });
    return parsed.ok ? parsed.model.upstreams[0]?.tokens : parsed.problems.map(formatProblem);
  };
  assert.deepEqual(tokens({ FICUS_SECRET_M: 'Bearer m' }), [{ header: 'authorization', value: 'Bearer m' }]);
  assert.deepEqual(tokens(), []);
  const place = 'routes.yaml:1:75 upstreams.m.tokens[0].env';
  assert.deepEqual(tokens({}), [`${place} "FICUS_SECRET_M" is not set in the environment of \`ficus up\``]);
  assert.deepEqual(tokens({ FICUS_SECRET_M: 'hun\nter2' }), [`${place} has what is no value of a header`]);
});

describe('the model', () => {
  const text = readFileSync(`${fixtures}good/design-example.yaml`, 'utf8');

  test('is frozen through and through', () => {
    const frozen = (value: unknown): boolean =>
      typeof value !== 'object' ||
      value === null ||
      (Object.isFrozen(value) && Object.values(value).every(frozen));
    assert.ok(frozen(parse(text)));
  });

  test('survives the way to a worker as it is', () => {
    assert.deepEqual(structuredClone(parse(text)), parse(text));
  });

  test("has the hash of the file's bytes, byte order mark and all", () => {
    for (const bytes of [text, `\ufeff${text}`, text.replaceAll('\n', '\r\n')]) {
      const expected = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
      assert.equal(parse(bytes).hash, expected);
    }
  });

  test('is the same with a byte order mark and with CRLF', () => {
    const { hash: _, ...plain } = parse(text);
    for (const bytes of [`\ufeff${text}`, text.replaceAll('\n', '\r\n')]) {
      const { hash: _, ...other } = parse(bytes);
      assert.deepEqual(other, plain);
    }
  });
});

describe('the hash of the comparison rules', () => {
  const text = readFileSync(`${fixtures}good/design-example.yaml`, 'utf8');
  const hashWith = (from: string, to: string) => {
    assert.ok(text.includes(from));
    return parse(text.replace(from, to)).migrations[0]!.rulesHash;
  };
  const original = parse(text).migrations[0]!.rulesHash;

  test('changes when a rule changes', () => {
    const changed = [
      hashWith('body:/generatedAt', 'body:/generated'),
      hashWith(', key: /sku', ''),
      hashWith('within: 0.01', 'within: 0.02'),
    ];
    assert.equal(new Set([original, ...changed]).size, 4);
  });

  test('stays when only the order, redaction or the gate changes', () => {
    const reordered = hashWith(
      'header:x-request-id, body:/generatedAt',
      'body:/generatedAt, header:x-request-id',
    );
    assert.equal(reordered, original);
    assert.equal(hashWith('body:/customer/email, ', ''), original);
    assert.equal(hashWith('minPairs: 3000', 'minPairs: 10'), original);
  });
});
