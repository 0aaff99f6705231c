import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import type { MigrationStatus, Readiness } from '../../proxy/admin/api-types.ts';
import { RunningFicus } from '../support/running-ficus.ts';
import { startTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { startTestUnleash, type TestUnleash } from '../support/unleash-server.ts';

let database: TestDatabase;
let unleash: TestUnleash;
let upstream: Server;
let ficus: RunningFicus;

before(async () => {
  [unleash, database] = await Promise.all([startTestUnleash(), startTestDatabase()]);
  upstream = createServer((_req, res) => res.end('{}'));
  await once(upstream.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  ficus = await RunningFicus.start(
    `{ upstreams: { monolith: { url: '${url}' }, billing: { url: '${url}' } }, default: monolith, migrations: { billing: {
      service: billing, stickBy: [header:x-user-id], routes: [GET /api/invoices],
      gate: { minPairs: 0, agreement: 0%, latencyFloorMs: 10000, contracts: off }, canary: { holdMinutes: 0, minRequests: 0 } } } }`,
    {
      FICUS_DEBUG_HEADERS: '1',
      DATABASE_URL: database.url,
      UNLEASH_URL: unleash.url,
      UNLEASH_API_TOKEN: unleash.apiToken,
      UNLEASH_ADMIN_TOKEN: unleash.adminToken,
    },
  );
});

after(async () => {
  await ficus?.remove();
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

  test('a flip made in Unleash itself is in force soon; how soon is printed', async (context) => {
    await ficus.until('everybody sticks', async () => (await ask('user-1')) !== '');
    const flippedAt = performance.now();
    await admin('POST', '/projects/default/features/billing.serve/environments/development/off');
    await ficus.until(
      'nobody is served by billing',
      async () => (await answered(20)).every((side) => side === 'monolith'),
      10_000,
    );
    const tookMs = performance.now() - flippedAt;
    context.diagnostic(`a flip in Unleash was in force after ${tookMs.toFixed(0)} ms`);
    assert.ok(tookMs < 5000, `${tookMs} ms`);
  });

  test('with Unleash killed, a roll back is in force all the same', async () => {
    await admin('POST', '/projects/default/features/billing.serve/environments/development/on');
    await ficus.until('some are served again', async () => (await answered(20)).includes('billing'));
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

function status(): Promise<MigrationStatus> {
  return ficus.read<MigrationStatus>('migrations/billing');
}

async function ask(user: string): Promise<string> {
  const response = await fetch(`${ficus.url}/api/invoices`, { headers: { 'x-user-id': user } });
  await response.arrayBuffer();
  return response.headers.get('ficus-upstream') ?? '';
}

function answered(users: number): Promise<string[]> {
  return Promise.all(Array.from({ length: users }, (_, user) => ask(`user-${user}`)));
}

interface Flag {
  readonly strategies: readonly { readonly name: string; readonly parameters: Record<string, string> }[];
}

async function flag(name: string): Promise<Flag> {
  return (await admin('GET', `/projects/default/features/${name}/environments/development`)) as Flag;
}

async function admin(method: string, path: string): Promise<unknown> {
  const response = await fetch(`${unleash.url}/admin${path}`, {
    method,
    headers: { authorization: unleash.adminToken },
  });
  assert.ok(response.ok, `${method} ${path}: ${response.status}`);
  const text = await response.text();
  return text === '' ? undefined : JSON.parse(text);
}
