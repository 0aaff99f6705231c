import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { AuditList, GateAnswer, MigrationStatus, SignatureList } from '../../proxy/admin/api-types.ts';
import { RunningFicus } from '../support/running-ficus.ts';

/** Two upstreams that know nothing of Ficus: no announcement, no pacts. */
interface Upstreams {
  readonly monolith: Server;
  readonly billing: Server;
}

/** Two fields of the service's answers are wrong while this is set. */
let billingIsWrong = false;

const answer =
  (isService: boolean): RequestListener =>
  (req, res) => {
    const invoice = {
      id: req.url,
      total: isService && billingIsWrong ? 20 : 19.99,
      note: null as string | null,
    };
    res.setHeader('content-type', 'application/json');
    res.end(
      JSON.stringify({
        ...invoice,
        ...(req.url === '/elsewhere' ? { by: isService ? 'billing' : 'monolith' } : {}),
      }),
    );
  };

let upstreams: Upstreams;
let ficus: RunningFicus;
let routes: string;

before(async () => {
  upstreams = { monolith: createServer(answer(false)), billing: createServer(answer(true)) };
  for (const server of Object.values(upstreams) as Server[])
    await once(server.listen(0, '127.0.0.1'), 'listening');
  routes = `upstreams:
  monolith: { url: 'http://127.0.0.1:${portOf(upstreams.monolith)}' }
  billing: { url: 'http://127.0.0.1:${portOf(upstreams.billing)}' }
default: monolith
migrations:
  billing:
    service: billing
    stickBy: [header:x-user-id]
    routes: ['GET /api/invoices/{invoiceId}']
    gate: { minPairs: 50, agreement: 90%, latencyFloorMs: 5000, contracts: optional }
    canary: { holdMinutes: 0, minRequests: 0 }
`;
  ficus = await RunningFicus.start(routes, { FICUS_DEBUG_HEADERS: '1' });
});

after(async () => {
  await ficus.remove();
  for (const server of Object.values(upstreams) as Server[]) {
    server.closeAllConnections();
    server.close();
  }
});

// One life of a migration, step by step: each test goes on where the one before it stopped.
describe("somebody else's two upstreams and ten lines", () => {
  test('check says that the file is good', async () => {
    const { exitCode, stdout } = await ficus.run('check');
    assert.equal(exitCode, 0);
    assert.match(stdout, /2 upstreams, 1 migration, 1 route/);
  });

  test('everything is answered by the monolith', async () => {
    assert.deepEqual(await sides(40), { monolith: 40 });
    const { phase, share } = await ficus.json<MigrationStatus>('status', 'billing');
    assert.deepEqual([phase, share.effective], ['monolith', 0]);
  });

  test('a share cannot be promoted without evidence, and no flag is touched', async () => {
    const { exitCode, stderr } = await ficus.run('promote', 'billing', '--to', '5%');
    assert.equal(exitCode, 1);
    assert.match(stderr, /0 pairs so far; 50 asked/);
    assert.doesNotMatch(await readFile(path.join(ficus.dataDir, 'flags.json'), 'utf8'), /billing\.serve/);
  });

  test('a flag raised by hand asks, and without evidence nobody is moved', async () => {
    const flag = {
      name: 'billing.serve',
      enabled: true,
      strategies: [{ name: 'default', parameters: {}, constraints: [] }],
    };
    await writeFlags([flag]);
    await ficus.until('the flag is seen', async () => (await statusOf()).share.asked === 100);
    assert.deepEqual(await sides(20), { monolith: 20 });
    const { share, holds } = await statusOf();
    assert.deepEqual([share.allowed, share.effective], [0, 0]);
    assert.ok(
      holds.some((reason) => reason.includes('50 more would do')),
      holds.join('\n'),
    );
    await writeFlags([]);
    await ficus.until('the flag is gone', async () => (await statusOf()).share.asked === 0);
  });

  test('in the shadow, differences are found and grouped', async () => {
    billingIsWrong = true;
    assert.equal((await ficus.run('shadow', 'billing', '--share', '100%')).exitCode, 0);
    assert.deepEqual(await sides(60), { monolith: 60 });
    await pairs(60);
    const { signatures } = await ficus.json<SignatureList>('diffs', 'billing');
    assert.deepEqual(
      signatures.map(({ place, kind, pairs: count, monolith, service }) => ({
        place,
        kind,
        count,
        monolith,
        service,
      })),
      [{ place: 'body:/total', kind: 'value', count: 60, monolith: '19.99', service: '20' }],
    );
    const shown = await ficus.run('diffs', 'billing', '--signature', signatures[0]!.signature);
    assert.match(shown.stdout, /GET \/api\/invoices\/\d+/);
  });

  test('a signature nobody judged keeps the gate shut', async () => {
    const { state, reasons } = await ficus.json<GateAnswer>('gate', 'billing');
    assert.equal(state, 'refused');
    assert.ok(reasons.some(({ rule, state: says }) => rule === 'unjudged' && says === 'refused'));
  });

  test("a description of the service that is named is held against both sides' answers", async () => {
    const schema = '{ type: object, properties: { total: { type: integer } } }';
    const responses = `{ 200: { content: { application/json: { schema: ${schema} } } } }`;
    const description = `openapi: 3.1.0\npaths:\n  /api/invoices/{id}: { get: { responses: ${responses} } }\n`;
    await writeFile(path.join(ficus.dataDir, 'billing.yaml'), description);
    const named = `service: billing\n    openapi: ${path.join(ficus.dataDir, 'billing.yaml')}\n`;
    await ficus.writeRoutes(routes.replace('service: billing\n', named));
    const told = async () => {
      await sides(5);
      const { reasons } = await ficus.json<GateAnswer>('gate', 'billing');
      return reasons
        .filter(({ rule }) => rule === 'openapi')
        .map(({ text }) => text)
        .join('\n');
    };
    await ficus.until('answers are held against it', async () =>
      /answers? of the monolith do/.test(await told()),
    );
    assert.match(
      await told(),
      /answers of the monolith do not fit the service's description: \/total must be integer, not number/,
    );
    assert.doesNotMatch(await told(), /of the service do/);
  });

  test('other comparison rules start the evidence anew; the file is read while traffic flows', async () => {
    billingIsWrong = false;
    await ficus.writeRoutes(
      routes.replace('    canary:', "    shadow: { compare: { ignore: ['header:x-unused'] } }\n    canary:"),
    );
    await ficus.until('the pairs are gone', async () => (await statusOf()).pairs.differed === 0);
    assert.deepEqual(await sides(120), { monolith: 120 });
    await pairs(120);
    await ficus.until(
      'the gate opens',
      async () => (await ficus.read<GateAnswer>('migrations/billing/gate')).state === 'open',
    );
  });

  test('verify without a pact says what to do', async () => {
    const { exitCode, stderr } = await ficus.run('verify', 'billing');
    assert.equal(exitCode, 1);
    assert.match(stderr, /no pact in .*contracts\/pacts has the provider "billing"/);
  });

  test('promoted to 25 %, a quarter of the users is served by the service, the same at every request', async () => {
    assert.equal((await ficus.run('promote', 'billing', '--to', '25%', '--reason', 'try')).exitCode, 0);
    const first = await sides(200);
    assert.ok(first['billing']! > 25 && first['billing']! < 80, `${first['billing']} of 200 users`);
    assert.deepEqual(await sides(200), first);
  });

  test('promoted to 100 %, the service answers everybody', async () => {
    assert.equal((await ficus.run('promote', 'billing', '--to', '100%')).exitCode, 0);
    assert.deepEqual(await sides(50), { billing: 50 });
  });

  test('a routes file with five mistakes gets five messages with their places, and traffic goes on', async () => {
    await ficus.writeRoutes(
      routes
        .replace('default: monolith', 'default: monolit')
        .replace('service: billing', 'service: biling')
        .replace('GET /api', 'GET api')
        .replace('agreement: 90%', 'agreement: 900%')
        .replace('stickBy: [header:x-user-id]', 'stickBy: [hedaer:x-user-id]'),
    );
    const { exitCode, stderr } = await ficus.run('check');
    assert.equal(exitCode, 1);
    const places = stderr.match(/routes\.yaml:\d+:\d+ /g) ?? [];
    assert.equal(places.length, 5, stderr);
    await ficus.until('the running proxy says so, too', async () => {
      const config = (await (await fetch(`${ficus.adminUrl}/api/config`)).json()) as { problems: string[] };
      return config.problems.length === 5;
    });
    assert.deepEqual(await sides(50), { billing: 50 });
    await ficus.writeRoutes(routes);
  });

  test('with Postgres killed, a roll back is in force at once', async () => {
    await killPostgres();
    const { exitCode } = await ficus.run('rollback', 'billing', '--reason', 'Postgres is gone');
    assert.equal(exitCode, 0);
    assert.deepEqual(await sides(50), { monolith: 50 });
  });

  test('the audit has every move once Postgres is back, and its chain is intact', async () => {
    await ficus.until('the roll back is written', async () => {
      const { entries } = await ficus.read<AuditList>('audit');
      return entries.some(({ action, reason }) => action === 'rollback' && reason === 'Postgres is gone');
    });
    const { entries } = await ficus.json<AuditList>('audit');
    const moves = entries.filter(({ actor }) => actor.startsWith('cli:')).map(({ action }) => action);
    assert.deepEqual(moves.toReversed(), ['refused', 'shadow', 'verify', 'promote', 'promote', 'rollback']);
    assert.equal((await ficus.run('audit', '--verify')).exitCode, 0);
  });

  test('stopped and started again, it finds its data and stays rolled back', async () => {
    assert.equal(await ficus.stop(), 0);
    await ficus.up({ FICUS_DEBUG_HEADERS: '1' });
    assert.deepEqual(await sides(20), { monolith: 20 });
    await ficus.until(
      'the audit is there',
      async () => (await ficus.read<AuditList>('audit')).entries.length > 5,
    );
  });
});

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** Who answered `count` users, by the debug header; every answer must be a 200. */
async function sides(count: number): Promise<Record<string, number>> {
  const seen: Record<string, number> = {};
  for (let user = 0; user < count; user++) {
    const response = await fetch(`${ficus.url}/api/invoices/${user}`, {
      headers: { 'x-user-id': `user-${user}` },
    });
    assert.equal(response.status, 200);
    await response.arrayBuffer();
    const upstream = response.headers.get('ficus-upstream') ?? '';
    seen[upstream] = (seen[upstream] ?? 0) + 1;
  }
  return seen;
}

function statusOf(): Promise<MigrationStatus> {
  return ficus.read<MigrationStatus>('migrations/billing');
}

async function pairs(count: number): Promise<void> {
  await ficus.until(`${count} pairs are counted`, async () => {
    const { agreed, differed, incomparable } = (await statusOf()).pairs;
    return agreed + differed + incomparable >= count;
  });
}

function writeFlags(features: readonly object[]): Promise<void> {
  return writeFile(path.join(ficus.dataDir, 'flags.json'), JSON.stringify({ version: 2, features }));
}

async function killPostgres(): Promise<void> {
  const pidFile = path.join(ficus.dataDir, 'postgres', 'cluster', 'postmaster.pid');
  process.kill(Number((await readFile(pidFile, 'utf8')).split('\n')[0]), 'SIGKILL');
}
