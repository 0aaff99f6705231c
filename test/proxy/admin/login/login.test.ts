import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { type TestContext, test } from 'node:test';
import { parse } from 'yaml';
import { type Role, roles } from '../../../../proxy/admin/login/roles.ts';
import { Sessions } from '../../../../proxy/admin/login/session.ts';
import { readTokenFile } from '../../../../proxy/admin/login/token-file.ts';
import { TokenLogin } from '../../../../proxy/admin/login/token-login.ts';
import { startAdmin } from '../../../../proxy/admin/start-admin.ts';
import { systemClock } from '../../../../proxy/telemetry/clock.ts';
import { InMemoryEstate } from '../in-memory-deps.ts';
import { hashOf } from './hash-of.ts';

const file = roles.map(
  (role) => `  - { name: ${role}-1, role: ${role}, sha256: ${hashOf(`secret-${role}`)} }`,
);
const allTokens = readTokenFile('tokens.yaml', `tokens:\n${file.join('\n')}\n`);

/** An admin plane that wants a login, with one token for each role: `secret-<role>`. */
async function startWithLogin(test: TestContext, more: { host?: string; origin?: string } = {}) {
  const estate = new InMemoryEstate();
  let tokens = allTokens;
  const told: { name: string; action: string; detail: object }[] = [];
  const deps = estate.deps();
  const admin = await startAdmin({
    deps: {
      ...deps,
      recordAudit: (actor, action, reason, detail) => {
        told.push({ name: actor.name, action, detail });
        deps.recordAudit(actor, action, reason, detail);
      },
    },
    port: 0,
    login: {
      tokens: new TokenLogin({ tokens: () => tokens, clock: systemClock }),
      sessions: new Sessions(randomBytes(32), () => systemClock.now()),
      oidc: undefined,
    },
    ...more,
  });
  test.after(() => admin.close());
  const ask = (path: string, as: Role | undefined, init: RequestInit = {}) =>
    fetch(`${admin.url}${path}`, {
      ...init,
      headers: { ...(as && { authorization: `Bearer secret-${as}` }), ...init.headers },
    });
  const write = (path: string, as: Role | undefined, body: object, headers: Record<string, string> = {}) =>
    ask(path, as, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', 'if-match': '*', ...headers },
    });
  const setTokens = (next: typeof tokens) => {
    tokens = next;
  };
  return { admin, estate, told, ask, write, setTokens };
}

const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;

test('no token is sent, everything but the probes and the front page is refused with how to log in', async (t) => {
  const { ask, write } = await startWithLogin(t);
  for (const path of ['/', '/healthz', '/readyz'])
    assert.equal((await ask(path, undefined)).status, 200, path);
  for (const path of ['/api/migrations', '/api/audit', '/api/openapi.json', '/metrics', '/nothing']) {
    const response = await ask(path, undefined);
    assert.equal(response.status, 401, path);
    assert.equal(response.headers.get('www-authenticate'), 'Bearer realm="ficus"');
    assert.equal(await codeOf(response), 'login_needed');
  }
  const moved = await write('/api/migrations/catalog/rollback', undefined, { reason: 'x' });
  assert.equal(moved.status, 401);
});

test('nobody is logged in, the ways of logging in that there are are told', async (t) => {
  const { ask, setTokens } = await startWithLogin(t);
  const ways = async () => (await ask('/api/login', undefined)).json();
  assert.deepEqual(await ways(), { needed: true, provider: false, tokens: true });
  setTokens([]);
  assert.deepEqual(await ways(), { needed: true, provider: false, tokens: false });
});

/** Every write of the API and the least role that may do it. */
const document = parse(
  readFileSync(new URL('../../../../proxy/admin/openapi.yaml', import.meta.url), 'utf8'),
);
for (const [path, operations] of Object.entries<Record<string, { 'x-ficus-role'?: Role }>>(document.paths)) {
  for (const [method, operation] of Object.entries(operations)) {
    if (method === 'get' || method === 'parameters' || path === '/api/logout' || path === '/login') continue;
    test(`${method.toUpperCase()} ${path} names the role that may do it, and it is not a viewer's`, () => {
      const role = operation['x-ficus-role'];
      assert.ok(role && roles.includes(role) && role !== 'viewer', String(role));
    });
  }
}

test('a role is too small for a write, the write is refused, says what it wants and moves nothing', async (t) => {
  const { write, estate } = await startWithLogin(t);
  for (const as of ['viewer', 'qa'] as const) {
    const response = await write('/api/migrations/catalog/rollback', as, { reason: 'x' });
    assert.equal(response.status, 403);
    const body = (await response.json()) as { code: string; detail: string };
    assert.equal(body.code, 'not_allowed');
    assert.match(body.detail, new RegExp(`role operator; you are ${as}`));
  }
  assert.deepEqual(
    estate.auditRows.filter(({ action }) => action === 'rollback'),
    [],
  );
  assert.equal((await write('/api/migrations/catalog/rollback', 'admin', { reason: 'x' })).status, 200);
});

test('somebody logs in with a token, moves are theirs in the audit whatever name they claim', async (t) => {
  const { write, estate } = await startWithLogin(t);
  const order = { reason: 'test' };
  await write('/api/migrations/catalog/rollback', 'operator', order, {
    'x-ficus-actor': 'cli:somebody-else',
  });
  assert.deepEqual(estate.auditRows.find(({ action }) => action === 'rollback')?.actor, 'token:operator-1');
});

test('a token is used for the first time from an address, the audit has the login once', async (t) => {
  const { ask, told } = await startWithLogin(t);
  for (let n = 0; n < 3; n++) await ask('/api/migrations', 'viewer');
  assert.deepEqual(
    told.map(({ name, action }) => [name, action]),
    [['token:viewer-1', 'login']],
  );
});

test('tokens are guessed, after ten no more are looked at from there, right ones neither', async (t) => {
  const { ask, told } = await startWithLogin(t);
  const guess = (n: number) =>
    ask('/api/migrations', undefined, { headers: { authorization: `Bearer guess-${n}` } });
  const statuses: number[] = [];
  for (let n = 0; n < 11; n++) statuses.push((await guess(n)).status);
  assert.deepEqual(statuses, [...Array(9).fill(401), 429, 429]);
  const right = await ask('/api/migrations', 'admin');
  assert.equal(right.status, 429);
  assert.ok(Number(right.headers.get('retry-after')) > 0);
  assert.deepEqual(
    told.map(({ action }) => action),
    ['login-locked'],
  );
});

test('another scheme than Bearer is sent, or two headers, nobody is let in', async (t) => {
  const { ask } = await startWithLogin(t);
  for (const authorization of [
    'Basic c2VjcmV0',
    'secret-admin',
    'Bearer secret-admin secret-admin',
    'Bearer ',
  ]) {
    assert.equal(
      (await ask('/api/migrations', undefined, { headers: { authorization } })).status,
      401,
      authorization,
    );
  }
});

test('with a login it may listen elsewhere: asked by the address or the configured name, and by no other', async (t) => {
  const other = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4');
  if (!other) return t.skip('this machine has loopback only');
  const { admin } = await startWithLogin(t, { host: '0.0.0.0', origin: 'https://ficus.example.org' });
  const { port } = new URL(admin.url);
  const status = (host: string) => hostStatus(other.address, Number(port), host);
  assert.equal(await status(`${other.address}:${port}`), 200);
  assert.equal(await status('ficus.example.org'), 200);
  assert.equal(await status(`evil.example.org:${port}`), 421);
});

test('a write comes from a page of the configured origin, it is taken; from another it is refused', async (t) => {
  const { write } = await startWithLogin(t, { origin: 'https://ficus.example.org' });
  const from = (origin: string) =>
    write('/api/migrations/catalog/rollback', 'operator', { reason: 'x' }, { origin });
  assert.equal((await from('https://ficus.example.org')).status, 200);
  assert.equal((await from('https://evil.example.org')).status, 403);
  assert.equal((await from('http://ficus.example.org')).status, 403);
});

async function hostStatus(address: string, port: number, host: string): Promise<number> {
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    request({ host: address, port, path: '/healthz', headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .once('error', reject)
      .end();
  });
}

test('an operator promotes past the gate, it is refused: that wants an admin', async (t) => {
  const { write } = await startWithLogin(t);
  const order = { reason: 'x', to: 25, override: {} };
  assert.equal(
    await codeOf(await write('/api/migrations/catalog/promote', 'operator', order)),
    'not_allowed',
  );
  assert.notEqual((await write('/api/migrations/catalog/promote', 'admin', order)).status, 403);
});

test('a session was begun with a token, it may what the token may now, and nothing once that is gone', async (t) => {
  const { ask, write, setTokens } = await startWithLogin(t);
  const begun = await write('/login', undefined, { token: 'secret-admin' });
  assert.equal(begun.status, 204);
  const cookie = begun.headers.getSetCookie()[0]!.split(';')[0]!;
  const role = async () => {
    const response = await ask('/api/session', undefined, { headers: { cookie } });
    return response.ok ? ((await response.json()) as { role: Role }).role : response.status;
  };
  assert.equal(await role(), 'admin');
  setTokens(
    allTokens.map((token) => (token.role === 'admin' ? { ...token, role: 'viewer' as const } : token)),
  );
  assert.equal(await role(), 'viewer');
  setTokens(allTokens.map((token) => ({ ...token, expires: '2020-01-31' })));
  assert.equal(await role(), 401);
  setTokens(allTokens.filter(({ role }) => role !== 'admin'));
  assert.equal(await role(), 401);
});

test('tokens are guessed by the form, that locks and is told as well, and who sends none hears how to log in', async (t) => {
  const { ask, write, told } = await startWithLogin(t);
  const statuses: number[] = [];
  for (let n = 0; n < 11; n++)
    statuses.push((await write('/login', undefined, { token: `guess-${n}` })).status);
  assert.deepEqual(statuses, [...Array(9).fill(401), 429, 429]);
  assert.deepEqual(
    told.map(({ action }) => action),
    ['login-locked'],
  );
  assert.equal(await codeOf(await ask('/api/migrations', undefined)), 'login_needed');
});
