import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { pino } from 'pino';
import { openLogin } from '../../../../proxy/admin/login/open-login.ts';
import { startAdmin } from '../../../../proxy/admin/start-admin.ts';
import { systemClock } from '../../../../proxy/telemetry/clock.ts';
import { FormBrowser, startOidcProvider } from '../../../support/oidc-provider.ts';
import { freePort } from '../../../support/running-ficus.ts';
import { InMemoryEstate } from '../in-memory-deps.ts';

const accounts = {
  alice: { email: 'alice@example.org', verified: true, groups: ['staff', 'ficus-operators'] },
  bob: { email: 'admin@example.org', verified: false, groups: ['qa'] },
  eve: { email: 'eve@example.org', verified: true, groups: ['staff'] },
};
const roleRules = [
  { claim: 'groups', value: 'ficus-operators', role: 'operator' as const },
  { claim: 'groups', value: 'qa', role: 'qa' as const },
  { claim: 'email', value: 'admin@example.org', role: 'admin' as const },
];

/** An admin plane whose people log in at a real provider. */
async function startEstate(test: TestContext, more: { issuer?: string } = {}) {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const client = {
    clientId: 'ficus',
    clientSecret: 'secret-of-ficus',
    redirectUri: `${origin}/login/callback`,
  };
  const provider = await startOidcProvider(accounts, () => client);
  test.after(() => provider.close());
  const estate = new InMemoryEstate();
  const log = pino({ level: 'silent' });
  const login = await openLogin(
    {
      tokensFile: undefined,
      sessionKey: undefined,
      oidc: { issuer: provider.issuer, ...client, roles: roleRules, ...more },
    },
    { key: randomBytes(32), origin, clock: systemClock, log },
  );
  const admin = await startAdmin({ deps: estate.deps(), port, login, origin });
  test.after(() => admin.close());
  const browser = new FormBrowser();
  const write = (path: string, body: object, headers: Record<string, string> = {}) =>
    browser.ask(`${origin}${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', origin, ...headers },
    });
  return { origin, estate, browser, write, issuer: provider.issuer };
}

const session = async (browser: FormBrowser, origin: string) =>
  (await (await browser.ask(`${origin}/api/session`)).json()) as { name: string; role: string; csrf: string };

test('somebody logs in at the provider, the page leads on, and writes with the csrf are theirs until they log out', async (t) => {
  const { origin, browser, write, estate } = await startEstate(t);
  const { response } = await browser.logIn(`${origin}/login?to=/migrations/catalog`, 'alice');
  assert.equal(response.status, 200);
  assert.match(await response.text(), /content="0;url=\/migrations\/catalog"/);
  const cookie = response.headers.getSetCookie().find((line) => line.startsWith('__Host-ficus-session='));
  assert.match(cookie ?? '', /; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=28800$/);
  const { name, role, csrf } = await session(browser, origin);
  assert.deepEqual([name, role], ['user:alice@example.org', 'operator']);

  const rollback = '/api/migrations/catalog/rollback';
  assert.equal((await write(rollback, { reason: 'x' })).status, 403);
  assert.equal((await write(rollback, { reason: 'x' }, { 'x-ficus-csrf': `${csrf}x` })).status, 403);
  assert.equal((await write(rollback, { reason: 'x' }, { 'x-ficus-csrf': csrf })).status, 200);
  assert.equal(estate.auditRows.find(({ action }) => action === 'rollback')?.actor, 'user:alice@example.org');

  const kept = browser.cookies(origin).get('__Host-ficus-session')!;
  assert.equal((await write('/api/logout', {}, { 'x-ficus-csrf': csrf })).status, 200);
  assert.equal((await browser.ask(`${origin}/api/session`)).status, 401);
  browser.cookies(origin).set('__Host-ficus-session', kept);
  assert.equal(
    (await browser.ask(`${origin}/api/session`)).status,
    401,
    'an ended session is over for whoever kept it',
  );
});

test('the e-mail address is not verified, it gives neither a name nor a role', async (t) => {
  const { origin, browser } = await startEstate(t);
  await browser.logIn(`${origin}/login`, 'bob');
  const { name, role } = await session(browser, origin);
  assert.deepEqual([name, role], ['user:bob', 'qa']);
});

test('somebody has no role here, they are told so and are not let in', async (t) => {
  const { origin, browser, estate } = await startEstate(t);
  const { response } = await browser.logIn(`${origin}/login`, 'eve');
  assert.equal(response.status, 403);
  assert.match(await response.text(), /user:eve@example\.org has no role here/);
  assert.equal((await browser.ask(`${origin}/api/session`)).status, 401);
  assert.deepEqual(
    estate.auditRows.map(({ actor, action }) => [actor, action]),
    [['user:eve@example.org', 'login-failed']],
  );
});

test('a callback comes that this browser did not begin, or with another state, nobody is let in, and nothing is audited', async (t) => {
  const { origin, browser, estate } = await startEstate(t);
  const stranger = new FormBrowser();
  assert.equal((await stranger.ask(`${origin}/login/callback?code=x&state=y`)).status, 403);
  await browser.ask(`${origin}/login`);
  assert.equal((await browser.ask(`${origin}/login/callback?code=x&state=y`)).status, 403);
  assert.equal(browser.cookies(origin).get('__Host-ficus-session'), undefined);
  assert.deepEqual(estate.auditRows, []);
});

test('a login is asked to lead to another host, it leads to the front page', async (t) => {
  const { origin, browser } = await startEstate(t);
  for (const to of ['https://evil.example', '//evil.example', '/%5cevil.example', '/\\evil.example']) {
    const { response } = await browser.logIn(`${origin}/login?to=${encodeURIComponent(to)}`, 'alice');
    assert.doesNotMatch(await response.text(), /url=(https:|\/\/|\/\\)/, to);
  }
});

test('a session is tampered with or there twice, it counts for nothing', async (t) => {
  const { origin, browser } = await startEstate(t);
  await browser.logIn(`${origin}/login`, 'alice');
  const good = browser.cookies(origin).get('__Host-ficus-session')!;
  const [head, , signature] = good.split('.');
  const forged = Buffer.from(
    JSON.stringify({ sub: 'user:eve', role: 'admin', csrf: 'x', jti: 'x', aud: 'session', exp: 9e9 }),
  );
  for (const cookie of [
    `${head}.${forged.toString('base64url')}.${signature}`,
    `${good}; __Host-ficus-session=${good}`,
    'x',
  ]) {
    const response = await fetch(`${origin}/api/session`, {
      headers: { cookie: `__Host-ficus-session=${cookie}` },
    });
    assert.equal(response.status, 401);
  }
});

test('the provider is away, the login says so and the next one tries again', async (t) => {
  const { origin, browser } = await startEstate(t, { issuer: `http://127.0.0.1:${await freePort()}` });
  const response = await browser.ask(`${origin}/login`);
  assert.equal(response.status, 403);
  assert.match(await response.text(), /can't be asked now/);
});
