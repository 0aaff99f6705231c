import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { AuditCheck, AuditList, MigrationStatus, Readiness } from '../../proxy/admin/api-types.ts';
import { type Replicas, startReplicas } from '../support/replicas.ts';
import type { RunningFicus } from '../support/running-ficus.ts';
import type { TestUnleash } from '../support/unleash-server.ts';
import { until } from '../support/until.ts';

const path = '/api/invoices';
const routes = (url: string) => `{ upstreams: { monolith: { url: '${url}' }, billing: { url: '${url}' } },
  default: monolith, migrations: { billing: { service: billing, stickBy: [header:x-user-id], routes: [GET ${path}],
    gate: { minPairs: 0, agreement: 0%, latencyFloorMs: 10000, contracts: off }, canary: { holdMinutes: 0, minRequests: 0 } } } }`;

let replicas: Replicas;
let unleash: TestUnleash;
let ficus: RunningFicus;
/** The other replica. */
let second: RunningFicus;
/** Asks Unleash's admin API as somebody who is logged in at its page. */
let alice: (method: string, path: string, body?: object) => Promise<unknown>;

before(async () => {
  replicas = await startReplicas(2, routes, { FICUS_WORKERS: '2' });
  ({ unleash } = replicas);
  [ficus, second] = replicas.all as [RunningFicus, RunningFicus];
  alice = await login();
  await alice('POST', '/projects/default/features', { name: 'ficus.kill', type: 'kill-switch' });
});

after(() => replicas?.[Symbol.asyncDispose]());

// One story, step by step.
describe('two replicas with a real Unleash server', () => {
  test('make its flags where they are missing, by shadow and promote', async () => {
    assert.equal((await ficus.run('shadow', 'billing', '--share', '100%')).exitCode, 0);
    await ficus.until('a pair is counted', async () => {
      await answered(1);
      return (await status()).pairs.agreed > 0;
    });
    const { exitCode, stderr } = await ficus.run(
      ...['promote', 'billing', '--to', '50%', '--reason', 'half of them'],
    );
    assert.equal(exitCode, 0, stderr);
    const { strategies } = (await unleash.admin('GET', flagPath('billing.serve'))) as Flag;
    assert.deepEqual(
      strategies.map(({ name, parameters }) => [name, parameters.rollout, parameters.groupId]),
      [['flexibleRollout', '50', 'billing']],
    );
    assert.equal((await status()).share.effective, 50);
  });

  test('follow a flip made in Unleash itself in every worker; how soon is printed', async (context) => {
    await untilSome();
    const flippedAt = performance.now();
    await alice('POST', `${flagPath('ficus.kill')}/on`);
    await untilAll('monolith');
    tell(context, 'a flip in Unleash', flippedAt);
    await ficus.until('it is audited', async () => (await killFlips()).some(isOn), 60_000);
    await alice('POST', `${flagPath('ficus.kill')}/off`);
    await untilSome();
  });

  test('have that flip in the audit with its author, once for both', async () => {
    await ficus.until('its end is audited', async () => (await killFlips()).some(isOff), 60_000);
    const flips = await killFlips();
    // She made the flag a moment before, perhaps in the same flip.
    for (const isIt of [isOn, isOff]) {
      const told = flips.filter(isIt);
      assert.equal(told.length, 1, flips.join('; '));
      assert.match(told[0]!, /^unleash:alice@example\.com ficus\.kill: /);
    }
  });

  test('send everybody to the monolith after ficus kill, and give back what was after --off', async (context) => {
    await killBy(ficus, context);
    assert.match((await second.run('status')).stderr, /The kill switch ficus.kill is on/);
    assert.equal((await ficus.run('promote', 'billing')).exitCode, 1);
    const metrics = await (await fetch(`${second.adminUrl}/metrics`)).text();
    assert.match(metrics, /^ficus_kill_switch 1$/m);
    assert.equal((await second.run('kill', '--off', '--reason', 'fixed')).exitCode, 0);
    await untilSome();
  });
});

describe('with Postgres and Redis killed', () => {
  let sides: string[];

  test('users stay on their side, on both replicas', async () => {
    sides = await answered(100);
    assert.ok(new Set(sides).size > 1);
    await Promise.all([replicas.postgres.kill(), replicas.redis.kill()]);
    for (const replica of replicas.all) {
      await replica.until('it knows', async () => (await down(replica)).join() === 'postgres,redis');
      assert.deepEqual(await answered(100, replica), sides);
    }
  });

  test('ficus kill sends everybody to the monolith on both, and --off gives back what was', async (context) => {
    await killBy(ficus, context);
    const { exitCode, stderr } = await second.run('kill', '--off', '--reason', 'it was the cache');
    assert.equal(exitCode, 0, stderr);
    await untilSidesAre(sides);
  });

  test('so does the flag in Unleash', async (context) => {
    const flippedAt = performance.now();
    await unleash.admin('POST', `${flagPath('ficus.kill')}/on`);
    await untilAll('monolith');
    tell(context, 'the kill flag', flippedAt);
    await unleash.admin('POST', `${flagPath('ficus.kill')}/off`);
    await untilSidesAre(sides);
  });

  test('a flag is followed down, with the same users on both', async () => {
    await unleash.setRollout('billing.serve', 1);
    await untilSharesAre(1);
    assert.deepEqual(await answered(100, second), await answered(100));
  });

  test('what was done is in the audit once they are back, in one intact chain, and the share is what is asked', async () => {
    await Promise.all([replicas.postgres.start(), replicas.redis.start()]);
    await unleash.setRollout('billing.serve', 50);
    await untilSharesAre(50);
    await untilSidesAre(sides);
    const kills = async () =>
      (await entries()).flatMap(({ action, reason }) =>
        action === 'kill' || action === 'kill-off' ? [`${action}: ${reason}`] : [],
      );
    await ficus.until('all is written', async () => (await kills()).length >= 4, 60_000);
    assert.deepEqual((await kills()).toSorted(), [
      'kill-off: fixed',
      'kill-off: it was the cache',
      'kill: prices are wrong',
      'kill: prices are wrong',
    ]);
    const check = await ficus.json<AuditCheck>('audit', '--verify');
    assert.equal(check.intact, true, JSON.stringify(check));
  });
});

describe('with Unleash in trouble', () => {
  let sides: string[];

  test('flags that are gone all at once move nobody, on neither replica', async () => {
    sides = await answered(100);
    const features = ['billing.serve', 'billing.shadow', 'ficus.kill'];
    await unleash.admin('POST', '/projects/default/archive', { features });
    for (const replica of replicas.all) {
      await replica.until('it holds them back', async () => (await down(replica)).includes('flags'));
      assert.deepEqual(await answered(100, replica), sides);
    }
  });

  test('the last known flags go on when it is killed, and all else with it, also in a replica that starts then', async () => {
    await Promise.all([unleash.kill(), replicas.postgres.kill(), replicas.redis.kill()]);
    await second.stop();
    await second.up(replicas.env);
    for (const replica of replicas.all) {
      await replica.until('it knows', async () => (await down(replica)).length === 3);
      assert.deepEqual(await answered(100, replica), sides);
    }
  });

  test('ficus kill holds on the replica that is told, which says that the other must be told, too', async () => {
    const { exitCode, stdout, stderr } = await ficus.run('kill', '--reason', 'and now this');
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout + stderr, /other replicas must be told by themselves/);
    assert.ok((await answered(20)).every((side) => side === 'monolith'));
    assert.deepEqual(await answered(100, second), sides);
    assert.equal((await second.run('kill', '--reason', 'here, too')).exitCode, 0);
    await untilAll('monolith');
    for (const replica of replicas.all)
      assert.equal((await replica.run('kill', '--off', '--reason', 'over')).exitCode, 0);
    await untilSidesAre(sides);
  });

  test('a roll back is in force all the same, and on the other once Postgres is back', async () => {
    const order = ['rollback', 'billing', '--reason', 'Unleash is gone'];
    const { exitCode, stdout, stderr } = await ficus.run(...order);
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout + stderr, /still asks for 50 %/);
    assert.ok((await answered(20)).every((side) => side === 'monolith'));
    assert.deepEqual(await answered(100, second), sides);
    await replicas.postgres.start();
    await untilAll('monolith');
    await ficus.until('it is in the audit', async () =>
      (await entries()).some(({ action, reason }) => action === 'rollback' && reason === 'Unleash is gone'),
    );
  });
});

interface Flag {
  readonly strategies: readonly { readonly name: string; readonly parameters: Record<string, string> }[];
}

const flagPath = (flag: string): string => `/projects/default/features/${flag}/environments/development`;

function tell(context: TestContext, what: string, sinceMs: number): void {
  const tookMs = performance.now() - sinceMs;
  context.diagnostic(`${what} was in force in both replicas after ${tookMs.toFixed(0)} ms`);
  assert.ok(tookMs < 30_000, `${tookMs} ms`);
}

async function killBy(replica: RunningFicus, context: TestContext): Promise<void> {
  const killedAt = performance.now();
  const { exitCode, stdout, stderr } = await replica.run('kill', '--reason', 'prices are wrong');
  assert.equal(exitCode, 0, stderr);
  assert.match(
    stdout,
    /^The kill switch ficus.kill is on since .*: "prices are wrong"\. The monolith answers/,
  );
  await untilAll('monolith');
  tell(context, 'ficus kill', killedAt);
}

async function untilAll(side: string): Promise<void> {
  for (const one of replicas.all)
    await one.until(`everybody is at ${side}`, async () =>
      (await answered(20, one)).every((answer) => answer === side),
    );
}

async function untilSome(): Promise<void> {
  for (const one of replicas.all)
    await one.until('some are served by billing', async () => (await answered(20, one)).includes('billing'));
}

async function untilSidesAre(sides: readonly string[]): Promise<void> {
  for (const one of replicas.all)
    await one.until(
      'all are where they were',
      async () => (await answered(100, one)).join() === sides.join(),
    );
}

async function untilSharesAre(percent: number): Promise<void> {
  const isSo = async (one: RunningFicus) => (await status(one)).share.effective === percent;
  await until(`${percent} % is in force`, async () =>
    (await Promise.all(replicas.all.map(isSo))).every(Boolean),
  );
}

/** Parts that are down, among those that others are needed for. */
async function down(replica: RunningFicus): Promise<string[]> {
  const { parts } = (await (await fetch(`${replica.adminUrl}/readyz`)).json()) as Readiness;
  return ['flags', 'postgres', 'redis'].filter((part) => parts[part]?.up === false);
}

async function entries(): Promise<AuditList['entries']> {
  return (await ficus.json<AuditList>('audit')).entries;
}

const isOn = (flip: string): boolean => / → on$/.test(flip);
const isOff = (flip: string): boolean => / on → off$/.test(flip);

/** Newest first. */
async function killFlips(): Promise<string[]> {
  return (await entries())
    .filter(({ action, reason }) => action === 'flag-flipped' && reason.startsWith('ficus.kill'))
    .map(({ actor, reason }) => `${actor} ${reason}`);
}

/** Somebody at Unleash's own page. */
async function login(): Promise<typeof alice> {
  const password = 'Vm9-not-the-one-of-anybody';
  const user = { username: 'alice', email: 'alice@example.com', password, rootRole: 1, sendEmail: false };
  await unleash.admin('POST', '/user-admin', user);
  const response = await fetch(`${unleash.url.replace(/\/api$/, '')}/auth/simple/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'alice', password }),
  });
  assert.ok(response.ok, `login: ${response.status} ${await response.text()}`);
  const cookie = response.headers.getSetCookie()[0]!.split(';')[0]!;
  return (method, path, body) => unleash.admin(method, path, body, { cookie });
}

function status(replica = ficus): Promise<MigrationStatus> {
  return replica.read<MigrationStatus>('migrations/billing');
}

function answered(users: number, replica = ficus): Promise<string[]> {
  return Promise.all(Array.from({ length: users }, (_, user) => replicas.ask(replica, path, `user-${user}`)));
}
