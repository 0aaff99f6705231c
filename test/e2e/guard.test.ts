import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import type {
  AuditList,
  DrillDone,
  GateAnswer,
  MigrationStatus,
  Readiness,
} from '../../proxy/admin/api-types.ts';
import { RunningFicus } from '../support/running-ficus.ts';
import { SteadyLoad } from '../support/steady-load.ts';

let isBad = false;
let monolith: Server;
let billing: Server;
let ficus: RunningFicus;

const portOf = (server: Server): number => (server.address() as AddressInfo).port;
const statusOf = (): Promise<MigrationStatus> => ficus.json<MigrationStatus>('status', 'billing');
const load = (): SteadyLoad =>
  new SteadyLoad({
    port: ficus.port,
    requestsPerSecond: 200,
    path: '/api/invoices/1',
    headers: (index) => ({ 'x-user-id': `u${index % 500}` }),
  });

before(async () => {
  monolith = createServer((_, answer) => answer.end('{}'));
  billing = createServer((_, answer) => answer.writeHead(isBad ? 500 : 200).end('{}'));
  for (const server of [monolith, billing]) await once(server.listen(0, '127.0.0.1'), 'listening');
  const routes = `upstreams:
  monolith: { url: 'http://127.0.0.1:${portOf(monolith)}' }
  billing: { url: 'http://127.0.0.1:${portOf(billing)}' }
default: monolith
migrations:
  billing:
    service: billing
    stickBy: [header:x-user-id]
    routes: ['GET /api/invoices/{invoiceId}']
    gate: { minPairs: 0, agreement: 0%, latencyFloorMs: 60000, contracts: off }
    canary: { holdMinutes: 0, minRequests: 0 }
    guard: { latencyFloorMs: 60000 }
`;
  // Nothing is there: the guard must not need Redis, nor wait for it.
  ficus = await RunningFicus.start(routes, { REDIS_URL: 'redis://127.0.0.1:1' });
  await ficus.run('shadow', 'billing', '--share', '100%');
  await ficus.until('the gate is open', async () => {
    await (await fetch(`${ficus.url}/api/invoices/1`, { headers: { 'x-user-id': 'u1' } })).text();
    const answer = await fetch(`${ficus.adminUrl}/api/migrations/billing/gate`);
    return ((await answer.json()) as GateAnswer).state === 'open';
  });
  await ficus.run('shadow', 'billing', '--share', '0%');
  const promoted = await ficus.run('promote', 'billing', '--to', '25%');
  assert.equal(promoted.exitCode, 0, promoted.stderr);
});

after(async () => {
  await ficus.remove();
  for (const server of [monolith, billing]) {
    server.closeAllConnections();
    server.close();
  }
});

// One after the other: each goes on where the one before it stopped.
describe('a service with a quarter of the users', () => {
  test('is served though Redis is not there, which is said', async () => {
    const { ready, parts } = (await (await fetch(`${ficus.adminUrl}/readyz`)).json()) as Readiness;
    assert.deepEqual([ready, parts['redis']?.up], [true, false]);
    assert.match(parts['redis']?.detail ?? '', /ECONNREFUSED.*each replica decides by itself/);
  });

  test('comes back in a drill without a failed GET, and is given its share again', async (context) => {
    const clients = load();
    const drill = await ficus.json<DrillDone>('drill', 'billing', '--reason', 'a test');
    await clients.stop();
    assert.deepEqual(clients.failed, []);
    assert.deepEqual([drill.result.share, drill.result.workers, drill.result.failed], [25, 2, 0]);
    assert.ok(drill.result.requests > 0);
    context.diagnostic(`the way back took ${drill.result.wayBackMs} ms`);
    const { share, lastDrill } = await statusOf();
    assert.deepEqual([share.effective, lastDrill], [25, drill.result]);
  });

  test('that answers 500 to everything is out within seconds, in every worker, until a person clears that', async (context) => {
    const clients = load();
    await ficus.until('some have been served', async () => clients.answered > 200);
    isBad = true;
    const startedAt = performance.now();
    await ficus.until('it is out', async () => {
      const answer = await fetch(`${ficus.adminUrl}/api/migrations/billing`);
      return ((await answer.json()) as MigrationStatus).latch !== undefined;
    });
    const tookMs = performance.now() - startedAt;
    context.diagnostic(`out after ${Math.round(tookMs)} ms`);
    assert.ok(tookMs < 10_000);
    const answered = clients.answered;
    await ficus.until('only the monolith is asked', async () => clients.answered > answered + 100);
    const failures = clients.failed.length;
    await ficus.until('others have been served', async () => clients.answered > answered + 300);
    assert.equal(clients.failed.length, failures);
    await clients.stop();
    context.diagnostic(`${failures} clients saw an error`);
    isBad = false;

    const { latch, share } = await statusOf();
    assert.deepEqual([latch?.kind, share.effective], ['errors', 0]);
    const metrics = await (await fetch(`${ficus.adminUrl}/metrics`)).text();
    assert.match(metrics, /^ficus_guard_latched\{migration="billing"\} 1$/m);
    const refused = await ficus.run('promote', 'billing', '--to', '5%');
    assert.equal(refused.exitCode, 1);
    assert.match(refused.stderr, /ficus guard clear billing/);
    const audit = await ficus.json<AuditList>('audit');
    const trips = audit.entries.filter(({ action }) => action === 'guard');
    assert.deepEqual(
      trips.map(({ actor }) => actor),
      ['guard'],
    );
    assert.equal((await ficus.run('guard', 'clear', 'billing', '--reason', 'mended')).exitCode, 0);
    assert.equal((await statusOf()).latch, undefined);
  });

  test('that nobody has promoted again cannot be drilled', async () => {
    const { exitCode, stderr } = await ficus.run('drill', 'billing', '--reason', 'a test');
    assert.equal(exitCode, 1);
    assert.match(stderr, /nothing to take back/);
  });
});
