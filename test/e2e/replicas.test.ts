import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import type {
  AuditCheck,
  AuditList,
  ConfigReport,
  MigrationStatus,
  Problem,
  Readiness,
} from '../../proxy/admin/api-types.ts';
import { isWithinShare } from '../../proxy/routing/bucket.ts';
import { startHaproxy } from '../support/haproxy.ts';
import { type Replicas, startReplicas } from '../support/replicas.ts';
import type { RunningFicus } from '../support/running-ficus.ts';
import { SteadyLoad } from '../support/steady-load.ts';
import { until } from '../support/until.ts';

const path = '/api/invoices';
const routes = (url: string, more = '') => `upstreams:
  monolith: { url: "${url}" }
  billing: { url: "${url}" }
default: monolith
migrations:
  billing:
    service: billing
    stickBy: [header:x-user-id]
    routes: [GET ${path}${more}]
    gate: { minPairs: 0, agreement: 0%, latencyFloorMs: 10000, contracts: off }
    canary: { holdMinutes: 0, minRequests: 0 }
`;

let replicas: Replicas;
let all: readonly RunningFicus[];
let first: RunningFicus;
let second: RunningFicus;

before(async () => {
  // Longer than haproxy takes to notice, by far.
  replicas = await startReplicas(3, routes, { FICUS_DRAIN_DELAY_MS: '1500' });
  ({ all } = replicas);
  [first, second] = all as [RunningFicus, RunningFicus];
  await first.run('shadow', 'billing', '--share', '100%');
  await first.until('a pair is counted', async () => {
    await replicas.ask(first, path, 'somebody');
    return (await status(first)).pairs.agreed > 0;
  });
});

after(() => replicas?.[Symbol.asyncDispose]());

// One story, step by step, on one estate.
describe('three replicas that share Postgres, Redis and Unleash', () => {
  test('give each of 1,000 users the same side, at several shares', async () => {
    for (const share of [1, 30]) {
      const { exitCode, stderr } = await first.run('promote', 'billing', '--to', `${share}%`);
      assert.equal(exitCode, 0, stderr);
      await everywhere(share);
      const users = Array.from({ length: 1000 }, (_, index) => `user-${index}`);
      const expected = users.map((user) => (isWithinShare(share, 'billing', user) ? 'billing' : 'monolith'));
      for (const replica of all) assert.deepEqual(await sides(replica, users), expected);
    }
  });

  test('follow a flip in Unleash; how soon is printed', async (context) => {
    // Within 10 % or between 10 and 30 %.
    const users = Array.from({ length: 200 }, (_, index) => `user-${index}`).filter((user) =>
      isWithinShare(30, 'billing', user),
    );
    const flippedAt = performance.now();
    await replicas.unleash.setRollout('billing.serve', 10);
    const isEverywhere = async () => {
      const answers = await Promise.all(all.map((replica) => sides(replica, users)));
      return answers.every((of) =>
        of.every((side, index) => (side === 'billing') === isWithinShare(10, 'billing', users[index]!)),
      );
    };
    await until('the flip is in force everywhere', isEverywhere, 20_000);
    context.diagnostic(
      `a flip in Unleash was in force on all after ${Math.round(performance.now() - flippedAt)} ms`,
    );
    await replicas.unleash.setRollout('billing.serve', 30);
    await everywhere(30);
  });

  test('take one of two promotes that were decided on one revision, and the other learns of it', async () => {
    const { revision } = await agreedStatus();
    const promote = (replica: RunningFicus, actor: string) =>
      fetch(`${replica.adminUrl}/api/migrations/billing/promote`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'if-match': `"${revision}"`, 'x-ficus-actor': actor },
        body: JSON.stringify({ to: 50, reason: `by ${actor}` }),
      });
    const answers = await Promise.all([promote(first, 'cli:alice'), promote(second, 'cli:bob')]);
    assert.deepEqual(answers.map(({ status: code }) => code).toSorted(), [200, 409]);
    const loser = answers.find(({ status: code }) => code === 409)!;
    const { code, reasons = [] } = (await loser.json()) as Problem;
    assert.equal(code, 'revision_conflict');
    assert.match(reasons.join('\n'), /cli:(alice|bob)/);
    await everywhere(50);
  });

  test('hold a roll back made on one of them on all; how soon is printed', async (context) => {
    const startedAt = performance.now();
    assert.equal((await second.run('rollback', 'billing', '--reason', 'invoices are missing')).exitCode, 0);
    const users = Array.from({ length: 40 }, (_, index) => `user-${index}`);
    await until('all are back', async () => {
      const answers = await Promise.all(all.map((replica) => sides(replica, users)));
      return answers.flat().every((side) => side === 'monolith');
    });
    context.diagnostic(
      `a roll back held on all after ${Math.round(performance.now() - startedAt)} ms, command and all`,
    );
  });

  test('are at 0 % in the end when a roll back comes after a promote, and in any case all at one share', async (context) => {
    const [promoted, rolledBack] = await Promise.all([
      first.run('promote', 'billing', '--to', '50%', '--reason', 'again'),
      second.run('rollback', 'billing', '--reason', 'no'),
    ]);
    assert.equal(rolledBack.exitCode, 0, rolledBack.stderr);
    // The newest first; a promote that was refused is none of them.
    const moves = (await entries('--limit', '20')).filter(
      ({ action, reason }) =>
        (action === 'promote' && reason === 'again') || (action === 'rollback' && reason === 'no'),
    );
    assert.ok(moves.some(({ action }) => action === 'rollback'));
    if (moves[0]?.action === 'rollback') return everywhere(0);
    // A roll back is in the audit before its flag is written: either may have had the last word there.
    assert.equal(promoted.exitCode, 0, promoted.stderr);
    await until(
      'all are where one of the two moves has put them',
      async () => {
        const shares = new Set((await Promise.all(all.map(status))).map(({ share }) => share.effective));
        return shares.size === 1 && (shares.has(0) || shares.has(50));
      },
      20_000,
    );
    const { share, holds } = await agreedStatus();
    context.diagnostic(`the promote came last: ${JSON.stringify({ share, holds })}`);
  });

  test('show that they go by different routes.yaml, and no longer once they do not', async () => {
    const upstream = /url: "([^"]+)"/.exec(await readFile(second.routesFile, 'utf8'))![1]!;
    await second.writeRoutes(routes(upstream, ', GET /api/bills'));
    const hashes = async (replica: RunningFicus) =>
      new Set((await config(replica)).replicas?.map(({ hash }) => hash)).size;
    await until('both are seen', async () => (await hashes(first)) === 2, 20_000);
    assert.match((await first.run('status')).stderr, /replicas go by different routes\.yaml/);
    const metrics = await (await fetch(`${second.adminUrl}/metrics`)).text();
    assert.match(metrics, /ficus_config_info\{hash="[0-9a-f]{12}"\} 1/);
    for (const replica of all) await replica.writeRoutes(routes(upstream, ', GET /api/bills'));
    await until('they agree', async () => (await hashes(first)) === 1, 20_000);
    const changes = await entries('--action', 'config', '--limit', '50');
    assert.ok(
      changes.some(({ detail }) => typeof detail['from'] === 'string' && detail['replica'] !== undefined),
    );
  });

  test('are started anew one after the other behind haproxy, and no request fails', async () => {
    await using haproxy = await startHaproxy(
      all.map(({ port, adminPort }, index) => ({ name: `replica${index}`, port, adminPort })),
    );
    const isUp = (index: number) =>
      until('haproxy knows', async () => (await haproxy.status(`replica${index}`)) === 'UP', 60_000);
    for (const index of all.keys()) await isUp(index);
    const load = new SteadyLoad({ port: haproxy.port, requestsPerSecond: 100, path });
    await using _ended = { [Symbol.asyncDispose]: () => load.stop() };
    for (const [index, replica] of all.entries()) {
      assert.equal(await replica.stop('SIGTERM'), 0);
      await replica.up(replicas.env);
      await isUp(index);
    }
    await load.stop();
    assert.deepEqual(load.failed, []);
    assert.ok(load.answered > 100, `${load.answered}`);
  });

  test('have written one chain, every move with its evidence', async () => {
    const check = await first.json<AuditCheck>('audit', '--verify');
    assert.equal(check.intact, true, JSON.stringify(check));
    const [promote] = await entries('--action', 'promote', '--limit', '1');
    const evidence = promote?.detail['evidence'] as { gate: string; revision: number; key: object };
    assert.equal(evidence.gate, 'open');
    assert.ok(evidence.revision > 0 && 'rulesHash' in evidence.key);
    const readyz = (await (await fetch(`${first.adminUrl}/readyz`)).json()) as Readiness;
    assert.deepEqual(readyz.parts['audit'], { up: true });
  });
});

async function sides(replica: RunningFicus, users: readonly string[]): Promise<string[]> {
  return Promise.all(users.map((user) => replicas.ask(replica, path, user)));
}

const status = (replica: RunningFicus): Promise<MigrationStatus> =>
  fetch(`${replica.adminUrl}/api/migrations/billing`).then(
    (response) => response.json() as Promise<MigrationStatus>,
  );

const config = (replica: RunningFicus): Promise<ConfigReport> =>
  fetch(`${replica.adminUrl}/api/config`).then((response) => response.json() as Promise<ConfigReport>);

async function entries(...filters: string[]): Promise<AuditList['entries']> {
  return (await first.json<AuditList>('audit', ...filters)).entries;
}

async function everywhere(share: number): Promise<void> {
  await until(
    `${share} % is in force everywhere`,
    async () => (await Promise.all(all.map(status))).every((one) => one.share.effective === share),
    20_000,
  );
}

/** Once all tell the same revision. */
async function agreedStatus(): Promise<MigrationStatus> {
  let found: MigrationStatus[] = [];
  await until(
    'all tell the same revision',
    async () => {
      found = await Promise.all(all.map(status));
      return new Set(found.map(({ revision }) => revision)).size === 1;
    },
    20_000,
  );
  return found[0]!;
}
