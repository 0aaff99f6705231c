import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { createAdminApp } from '../../../proxy/admin/admin-app.ts';
import { Sessions } from '../../../proxy/admin/login/session.ts';
import { TokenLogin } from '../../../proxy/admin/login/token-login.ts';
import { problemMeanings } from '../../../proxy/admin/problem.ts';
import { systemClock } from '../../../proxy/telemetry/clock.ts';
import { adminClient } from './admin-client.ts';
import { InMemoryEstate } from './in-memory-deps.ts';

const file = new URL('../../../proxy/admin/openapi.yaml', import.meta.url);
const apiDocument = parse(readFileSync(file, 'utf8'));

test('the document is served as the file has it', async () => {
  const response = await adminClient(new InMemoryEstate()).get('/api/openapi.json').expect(200);
  assert.deepEqual(response.body, apiDocument);
});

test('the document names every problem code with its status, and no other', () => {
  const { enum: codes, 'x-ficus-status': statuses } = apiDocument.components.schemas.ProblemCode;
  const meant = Object.entries(problemMeanings).map(([code, { status }]) => [code, status]);
  assert.deepEqual(statuses, Object.fromEntries(meant));
  assert.deepEqual([...codes].sort(), Object.keys(problemMeanings).sort());
});

const values: Record<string, string> = {
  id: 'catalog',
  signature: '5f1c0a9be2d4',
  recording: '20261120t120000z-0a1b2c',
  part: 'part-0001.ndjson',
  pair: '018f0c1e-7a2b-7c3d-8e4f-5a6b7c8d9e0f',
};
const bodies: Record<string, object> = {
  shadow: { share: 10 },
  rollback: { reason: 'test' },
  ...Object.fromEntries(
    ['pause', 'resume', 'abort', 'approve', 'retire'].map((move) => [move, { reason: 'test' }]),
  ),
  clear: { reason: 'test' },
  drill: { reason: 'test' },
  kill: { on: true, reason: 'test' },
  force: { side: 'service', minutes: 60, reason: 'test' },
  verdict: { verdict: 'bug', reason: 'test' },
  verdicts: { signatures: ['5f1c0a9be2d4'], verdict: 'bug', reason: 'test' },
  reveal: { marks: ['0a1b2c3d'], reason: 'test' },
  undo: { verdicts: [{ signature: '5f1c0a9be2d4', seq: 7 }] },
};
// Logins are answered before the validator; a stream of events never ends. Both have tests of their own.
const elsewhere = new Set(['/login', '/login/callback', '/api/events']);
for (const [template, operations] of Object.entries<object>(apiDocument.paths)) {
  if (elsewhere.has(template)) continue;
  for (const method of Object.keys(operations).filter((key) => key !== 'parameters')) {
    test(`${method.toUpperCase()} ${template} is answered as documented`, async () => {
      const estate = new InMemoryEstate();
      estate.reasons = [];
      estate.hiddenValues = [{ mark: '0a1b2c3d', rule: 'body:/email', value: 'anna@mail.example' }];
      const client = adminClient(estate);
      const path = template.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? name);
      const request =
        method === 'get' ? client.get(path) : client.post(path, bodies[path.split('/').at(-1) ?? ''] ?? {});
      await request.expect(200);
    });
  }
}

test('every route that is served is in the document, and every operation of the document is served', () => {
  const login = {
    tokens: new TokenLogin({ tokens: () => [], clock: systemClock }),
    sessions: new Sessions(new Uint8Array(32), () => 0),
    oidc: undefined,
  };
  const { router } = createAdminApp(new InMemoryEstate().deps(), { login });
  const layers = (router as unknown as { stack: { route?: Served }[] }).stack;
  const served = layers.flatMap(({ route }) =>
    route ? Object.keys(route.methods).map((method) => `${method} ${templateOf(route.path)}`) : [],
  );
  const described = Object.entries<object>(apiDocument.paths).flatMap(([template, operations]) =>
    Object.keys(operations)
      .filter((key) => key !== 'parameters')
      .map((method) => `${method} ${templateOf(template)}`),
  );
  assert.deepEqual([...new Set(served)].sort(), [...described].sort());
});

interface Served {
  readonly path: string;
  readonly methods: Readonly<Record<string, boolean>>;
}

/** Express and OpenAPI write parameters in their own ways, and may name them otherwise. */
function templateOf(route: string): string {
  return route.replace(/:\w+|\{\w+\}/g, '{}');
}

test('an answer that does not fit the document fails in tests', async () => {
  const estate = new InMemoryEstate();
  const deps = estate.deps();
  const config = () => ({ ...deps.config(), loadedAt: 'yesterday' });
  estate.deps = () => ({ ...deps, config });
  await adminClient(estate).get('/api/config').expect(500);
  assert.match(JSON.stringify(estate.logLines), /loadedAt must match format/);
});

test('the front page says in plain text what is here', async () => {
  const response = await adminClient(new InMemoryEstate()).get('/').expect(200);
  assert.equal(response.type, 'text/plain');
  for (const path of [
    '/healthz',
    '/readyz',
    '/metrics',
    '/api/migrations/{id}/gate',
    '/api/audit',
    'ficus help',
  ]) {
    assert.ok(response.text.includes(path), path);
  }
});

test('metrics are served in the Prometheus text format', async () => {
  const response = await adminClient(new InMemoryEstate()).get('/metrics').expect(200);
  assert.equal(response.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
  assert.match(response.text, /^ficus_up 1$/m);
});
