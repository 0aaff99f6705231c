import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import type { AuditList, MigrationStatus, Readiness } from '../../proxy/admin/api-types.ts';
import { RunningFicus } from '../support/running-ficus.ts';
import { startTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { startTestUnleash, type TestUnleash } from '../support/unleash-server.ts';

let database: TestDatabase;
let unleash: TestUnleash;
let upstream: Server;
let ficus: RunningFicus;
/** The other replica. */
let second: RunningFicus;

before(async () => {
  [unleash, database] = await Promise.all([startTestUnleash(), startTestDatabase()]);
  await admin('POST', '/projects/default/features', { name: 'ficus.kill', type: 'kill-switch' });
  upstream = createServer((_req, res) => res.end('{}'));
  await once(upstream.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const routes = `{ upstreams: { monolith: { url: '${url}' }, billing: { url: '${url}' } }, default: monolith, migrations: { billing: {
      service: billing, stickBy: [header:x-user-id], routes: [GET /api/invoices],
      gate: { minPairs: 0, agreement: 0%, latencyFloorMs: 10000, contracts: off }, canary: { holdMinutes: 0, minRequests: 0 } } } }`;
  const env = {
    FICUS_DEBUG_HEADERS: '1',
    DATABASE_URL: database.url,
    UNLEASH_URL: unleash.url,
    UNLEASH_API_TOKEN: unleash.apiToken,
    UNLEASH_ADMIN_TOKEN: unleash.adminToken,
  };
  ficus = await RunningFicus.start(routes, env);
  second = await RunningFicus.start(routes, env);
});

after(async () => {
  await ficus?.remove();
  await second?.remove();
  await database?.stop();
  upstream?.close();
  await unleash?.stop();
});

// One story, step by step.
describe('with a real Unleash server', () => {
  test('shadow and promote flip its flags, which are made where they are missing', async () => {
    assert.equal((await ficus.run('shadow', 'billing', '--share', '100%')).exitCode, 0);
    await ask('somebody');
    await ficus.until('a pair is counted', async () => {
      await ask('somebody');
      return (await status()).pairs.agreed > 0;
    });
    // Traffic does not wait for Postgres, but the gate does.
    await ficus.until('Postgres is there', async () => {
      const response = await fetch(`${ficus.adminUrl}/readyz`);
      return ((await response.json()) as Readiness).parts['postgres']?.up === true;
    });
    const { exitCode, stderr } = await ficus.run(
      'promote',
      'billing',
      '--to',
      '50%',
      '--reason',
      'half of them',
    );
    assert.equal(exitCode, 0, stderr);
    const { strategies } = await flag('billing.serve');
    assert.deepEqual(
      strategies.map(({ name, parameters }) => [name, parameters.rollout, parameters.groupId]),
      [['flexibleRollout', '50', 'billing']],
    );
    assert.equal((await status()).share.effective, 50);
  });

  test('a flip made in Unleash itself is in force in every worker of every replica; how soon is printed', async (context) => {
    await second.until('the other replica has heard of it', async () =>
      (await answered(20, second)).includes('billing'),
    );
    const alice = await login();
    const flippedAt = performance.now();
    await alice('POST', '/projects/default/features/ficus.kill/environments/development/on');
    await untilAll('monolith');
    const tookMs = performance.now() - flippedAt;
    context.diagnostic(`a flip in Unleash was in force in both replicas after ${tookMs.toFixed(0)} ms`);
    assert.ok(tookMs < 30_000, `${tookMs} ms`);
    await ficus.until('it is audited', async () => (await killFlips()).length > 0, 60_000);
    await alice('POST', '/projects/default/features/ficus.kill/environments/development/off');
    await untilSome();
  });

  test('that flip is in the audit with its author, once for both replicas', async () => {
    await ficus.until('its end is audited', async () => (await killFlips()).length > 1, 60_000);
    const flips = await killFlips();
    // Whoever made the flag a moment before may be named beside her.
    for (const flip of ['on → off', 'off → on']) {
      const told = flips.filter((text) => text.endsWith(`ficus.kill: ${flip}`));
      assert.equal(told.length, 1, flips.join('; '));
      assert.match(told[0]!, /^unleash:.*alice@example\.com/);
    }
  });

  test('ficus kill sends everybody to the monolith on both replicas, and --off gives back what was', async (context) => {
    const killedAt = performance.now();
    const { exitCode, stdout } = await ficus.run('kill', '--reason', 'prices are wrong');
    assert.equal(exitCode, 0, stdout);
    assert.match(
      stdout,
      /^The kill switch ficus.kill is on since .*: "prices are wrong"\. The monolith answers/,
    );
    await untilAll('monolith');
    context.diagnostic(
      `ficus kill was in force in both after ${(performance.now() - killedAt).toFixed(0)} ms`,
    );
    assert.match((await second.run('status')).stderr, /The kill switch ficus.kill is on/);
    assert.equal((await ficus.run('promote', 'billing')).exitCode, 1);
    const metrics = await (await fetch(`${second.adminUrl}/metrics`)).text();
    assert.match(metrics, /^ficus_kill_switch 1$/m);
    assert.equal((await second.run('kill', '--off', '--reason', 'fixed')).exitCode, 0);
    await untilSome();
  });

  test('with Unleash killed, a roll back is in force all the same', async () => {
    await unleash.kill();
    const { exitCode, stdout, stderr } = await ficus.run(
      'rollback',
      'billing',
      '--reason',
      'Unleash is gone',
    );
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout + stderr, /still asks for 50 %/);
    assert.ok((await answered(20)).every((side) => side === 'monolith'));
  });
});

async function untilAll(side: string): Promise<void> {
  for (const one of [ficus, second])
    await one.until(`everybody is at ${side}`, async () =>
      (await answered(20, one)).every((answer) => answer === side),
    );
}

async function untilSome(): Promise<void> {
  for (const one of [ficus, second])
    await one.until('some are served by billing', async () => (await answered(20, one)).includes('billing'));
}

/** Newest first. */
async function killFlips(): Promise<string[]> {
  const { entries } = await ficus.json<AuditList>('audit');
  return entries
    .filter(({ action, reason }) => action === 'flag-flipped' && reason.startsWith('ficus.kill'))
    .map(({ actor, reason }) => `${actor} ${reason}`);
}

/** Somebody at Unleash's own page. */
async function login(): Promise<typeof admin> {
  const password = 'Vm9-not-the-one-of-anybody';
  await admin('POST', '/user-admin', {
    username: 'alice',
    email: 'alice@example.com',
    password,
    rootRole: 1,
    sendEmail: false,
  });
  const response = await fetch(`${unleash.url.replace(/\/api$/, '')}/auth/simple/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'alice', password }),
  });
  assert.ok(response.ok, `login: ${response.status} ${await response.text()}`);
  const cookie = response.headers.getSetCookie()[0]!.split(';')[0]!;
  return (method, path, body) => admin(method, path, body, { cookie });
}

function status(): Promise<MigrationStatus> {
  return ficus.read<MigrationStatus>('migrations/billing');
}

async function ask(user: string, replica = ficus): Promise<string> {
  const response = await fetch(`${replica.url}/api/invoices`, { headers: { 'x-user-id': user } });
  await response.arrayBuffer();
  return response.headers.get('ficus-upstream') ?? '';
}

function answered(users: number, replica = ficus): Promise<string[]> {
  return Promise.all(Array.from({ length: users }, (_, user) => ask(`user-${user}`, replica)));
}

interface Flag {
  readonly strategies: readonly { readonly name: string; readonly parameters: Record<string, string> }[];
}

async function flag(name: string): Promise<Flag> {
  return (await admin('GET', `/projects/default/features/${name}/environments/development`)) as Flag;
}

async function admin(
  method: string,
  path: string,
  body?: object,
  as: Record<string, string> = { authorization: unleash.adminToken },
): Promise<unknown> {
  const response = await fetch(`${unleash.url}/admin${path}`, {
    method,
    headers: { ...as, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}
