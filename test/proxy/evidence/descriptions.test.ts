import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import pino from 'pino';
import { parseRoutes } from '../../../proxy/config/parse-routes.ts';
import { Evidence } from '../../../proxy/evidence/evidence.ts';
import type { RoutingModel } from '../../../proxy/routing/model.ts';
import { defaultCompareLimits } from '../../../proxy/shadow/compare/limits.ts';
import { comparedMigrations } from '../../../proxy/shadow/compared-migration.ts';
import { compileJob, examinePair } from '../../../proxy/shadow/comparer-job.ts';
import type { CompleteAnswer, Pair } from '../../../proxy/shadow/pair.ts';
import { createRedactor } from '../../../proxy/shadow/redact.ts';
import type { Store } from '../../../proxy/store/open-store.ts';
import { startTestStore, type TestStore } from '../store/start-test-store.ts';

const describedAs = (properties: Record<string, unknown>) =>
  JSON.stringify({
    openapi: '3.1.0',
    paths: {
      '/api/invoices/{id}': {
        get: {
          responses: {
            200: {
              content: {
                'application/json': { schema: { type: 'object', properties, additionalProperties: false } },
              },
            },
          },
        },
      },
    },
  });
const number = { type: 'number' };

let testStore: TestStore;
let store: Store;
let service: Server;
let url: string;
let version: string;
let document: string | undefined;
let evidence: Evidence;
let model: RoutingModel;
let folder: string;

before(async () => {
  testStore = await startTestStore();
  ({ store } = testStore);
  folder = await mkdtemp(path.join(tmpdir(), 'ficus-openapi-'));
  service = createServer((request, response) => {
    if (request.url === '/.well-known/ficus')
      response.end(
        JSON.stringify({ service: 'billing', version, ...(document && { openapi: '/api.json' }) }),
      );
    else if (request.url === '/api.json') response.end(document);
    else response.writeHead(404).end();
  });
  await once(service.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
});

after(async () => {
  await evidence?.close();
  service.closeAllConnections();
  service.close();
  await testStore.stop();
  await rm(folder, { recursive: true });
});

let migrations = 0;

/** A migration that nobody has described yet; each test has its own. */
async function begin(gate: string, more = ''): Promise<void> {
  await evidence?.close();
  version = '1.0';
  document = undefined;
  migrations++;
  configure(gate, more);
  evidence = new Evidence({
    model: () => model,
    store,
    pactEnvironment: {},
    pactCacheDir: '/nowhere',
    hideSecrets: (text) => text,
    onBuildsChanged: () => {},
    onCounted: () => {},
    onDropped: () => {},
    onDescriptionsChanged: () => {},
    served: () => ({ monolith: { requests: 0, errors: 0 }, service: { requests: 0, errors: 0 } }),
    clientAnswers: () => new Map(),
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    log: pino({ level: 'silent' }),
  });
}

function configure(gate: string, more = ''): void {
  const parsed = parseRoutes(
    `{ upstreams: { monolith: { url: '${url}', version: m }, billing: { url: '${url}' } }, default: monolith,
      migrations: { m${migrations}: { service: billing, ${more} routes: ["GET /api/invoices/{id}", GET /api/other], gate: { openapi: ${gate} } } } }`,
    { file: 'routes.yaml', baseDir: folder },
  );
  assert.ok(parsed.ok);
  model = parsed.model;
}

async function deploy(build: string, description: string | undefined): Promise<void> {
  version = build;
  document = description;
  await evidence.refresh();
}

function reasons(): string[] {
  const { reasons: all } = evidence.gate(model.migrations[0]!);
  return all.filter(({ rule }) => rule === 'openapi').map(({ state, text }) => `${state}: ${text}`);
}

function answer(body: unknown): CompleteAnswer {
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  return {
    outcome: 'complete',
    status: 200,
    headers: ['content-type', 'application/json'],
    body: bytes,
    durationMs: 1,
  };
}

/** What the comparer makes of such a pair, counted. */
async function pair(monolith: unknown, fromService: unknown): Promise<void> {
  const [migration] = comparedMigrations(model, (id) => evidence.description(id));
  const job = compileJob(migration!, createRedactor(new Uint8Array(32)), defaultCompareLimits);
  const made: Pair = {
    id: crypto.randomUUID(),
    migration: migration!.id,
    route: 'GET /api/invoices/{id}',
    at: new Date(Date.now() + 1000).toISOString(),
    control: 'monolith',
    request: { method: 'GET', target: '/api/invoices/7?x=1', headers: [], body: new Uint8Array() },
    monolith: answer(monolith),
    service: answer(fromService),
  };
  evidence.record(examinePair(made, job), migration!.rulesHash);
  await evidence.refresh();
}

describe("a service's description", () => {
  beforeEach(() => begin('require'));

  test('There is none: the gate waits where one is required, and says nothing otherwise', async () => {
    await deploy('1.0', undefined);
    assert.match(reasons().join(), /^waiting: There is no description of billing; name its OpenAPI file/);
    configure('warn');
    assert.deepEqual(reasons(), []);
  });

  test('Both answers are held against it, and what does not fit is told by route and side', async () => {
    await deploy('1.0', describedAs({ total: number }));
    assert.match(reasons().join(), /^waiting: No answer has been held against the service's description yet/);
    await pair({ total: 3 }, { total: 3 });
    assert.deepEqual(reasons(), [
      "met: All 2 answers of both sides that were held against the service's description fit it.",
    ]);
    await pair({ total: '3' }, { total: 3 });
    await pair({ total: 3, note: 'x' }, { total: 3 });
    assert.deepEqual(reasons(), [
      "refused: GET /api/invoices/{id}: 2 of 3 answers of the monolith do not fit the service's description: " +
        '/total must be number, not string (1), the body must not have the property note (1); that is what ' +
        'clients get today: describe it, and let the service answer so.',
    ]);
    configure('warn');
    assert.match(reasons().join(), /^met: .* \(gate\.openapi: warn holds nothing\)\.$/);
  });

  test('A description that says something else counts anew', async () => {
    await deploy('1.0', describedAs({ total: { type: 'string' } }));
    await pair({ total: 3 }, { total: 3 });
    assert.equal(reasons().length, 2);
    await deploy('1.0', undefined);
    configure('require', 'openapi: billing.json,');
    await writeFile(path.join(folder, 'billing.json'), describedAs({ total: number }));
    await evidence.refresh();
    assert.match(reasons().join(), /waiting: No answer has been held/);
  });

  test('It takes something away from the one before: refused until it gives it back, whoever builds it again', async () => {
    await deploy('1.0', describedAs({ total: number, due: number }));
    assert.equal(reasons().length, 1);
    for (const build of ['1.1', '1.2']) {
      await deploy(build, describedAs({ total: number }));
      assert.match(
        reasons()[0]!,
        /^refused: The description breaks that of build 1\.0: GET \/api\/invoices\/\{id\}: answer 200 \/due is no longer there \[response-property-removed\]; give back/,
      );
    }
    await deploy('1.3', describedAs({ total: number, due: number, tax: number }));
    assert.doesNotMatch(reasons().join(), /breaks/);
  });

  test('Where it only warns, the new one is what the next is held against', async () => {
    configure('warn');
    await deploy('1.0', describedAs({ total: number, due: number }));
    await deploy('1.1', describedAs({ total: number }));
    assert.match(reasons()[0]!, /^met: The description breaks that of build 1\.0/);
    await deploy('1.2', describedAs({ total: number, tax: number }));
    assert.doesNotMatch(reasons().join(), /breaks/);
  });

  test('It can not be read: that is said, and the one before stays', async () => {
    await deploy('1.0', describedAs({ total: number }));
    await deploy('1.1', 'openapi: 2.0');
    assert.match(
      reasons().join('\n'),
      /^waiting: The description as it is now is not read: \/api\.json of billing is no OpenAPI 3\.0 or 3\.1 .*repair it\.$/m,
    );
    assert.match(reasons().join('\n'), /^waiting: The description of build 1\.1 is not read yet/m);
  });

  test('A file that is not there is said', async () => {
    configure('require', 'openapi: nowhere.yaml,');
    await evidence.refresh();
    assert.match(
      reasons().join(),
      /^waiting: The description of billing: .*nowhere\.yaml can't be read \(ENOENT\); repair it\.$/,
    );
  });
});
