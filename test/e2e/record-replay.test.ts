import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { RecordingList } from '../../proxy/admin/api-types.ts';
import { signatureOf } from '../../proxy/shadow/signature.ts';
import { readAll } from '../proxy/recording/sample-recording.ts';
import { RunningFicus } from '../support/running-ficus.ts';
import { startTestDatabase, type TestDatabase } from '../support/test-database.ts';

/** The build of the service: the faulty one rounds. */
let isFaulty = true;

const invoices =
  (isService: boolean): RequestListener =>
  (request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ id: request.url, total: isService && isFaulty ? 20 : 19.99 }));
  };

let monolith: Server;
let service: Server;
let ficus: RunningFicus;
let database: TestDatabase;

const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

before(async () => {
  [monolith, service] = [createServer(invoices(false)), createServer(invoices(true))];
  for (const server of [monolith, service]) await once(server.listen(0, '127.0.0.1'), 'listening');
  database = await startTestDatabase();
  ficus = await RunningFicus.start(
    `upstreams:
  monolith: { url: '${urlOf(monolith)}' }
  billing: { url: '${urlOf(service)}' }
default: monolith
migrations:
  billing:
    service: billing
    stickBy: [ip]
    routes:
      - GET /api/invoices/{invoiceId}
      - { match: POST /api/invoices, shadow: record }
      - POST /api/payments
`,
    { DATABASE_URL: database.url },
  );
});

after(async () => {
  await ficus?.remove();
  await database?.stop();
  for (const server of [monolith, service]) {
    server.closeAllConnections();
    server.close();
  }
});

async function send(url: string, request: RequestInit): Promise<void> {
  const answer = await fetch(url, request);
  assert.equal(((await answer.json()) as { total: number }).total, 19.99);
}

const untilTomorrow = new Date(Date.now() + 86_400_000).toISOString();
const secret = 'Bearer this-is-nobodys-business';

// Recorded, replayed against the faulty build and against the repaired one: each test goes on where the one before stopped.
test('live traffic is recorded through the running proxy, without shadowing and without the secrets in it', async () => {
  const recording = ficus.run('record', 'billing', '--out', 'recordings');
  const list = async () => {
    const answer = await fetch(`${ficus.adminUrl}/api/recordings`);
    return ((await answer.json()) as RecordingList).recordings;
  };
  await ficus.until('the recording runs', async () => (await list())[0]?.state === 'running');
  const [{ id } = { id: '' }] = await list();
  let sent = 0;
  // A worker that is told a little later records from then on.
  await ficus.until('40 exchanges are recorded', async () => {
    const get = { headers: { authorization: secret } };
    const asked = Array.from({ length: 10 }, () => send(`${ficus.url}/api/invoices/${sent++}`, get));
    const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"total":1}' };
    for (const target of ['invoices', 'payments']) asked.push(send(`${ficus.url}/api/${target}`, post));
    await Promise.all(asked);
    return ((await list())[0]?.exchanges ?? 0) >= 40;
  });
  const stop = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
  assert.equal((await fetch(`${ficus.adminUrl}/api/recordings/${id}/stop`, stop)).status, 200);
  const { exitCode, stdout, stderr } = await recording;
  assert.equal(exitCode, 0, stderr);
  assert.match(stdout, /exchanges, .* in 1 file in recordings; it was stopped\./);
  const folder = path.join(ficus.folder, 'recordings');
  const files = await readdir(folder);
  const { exchanges, notes } = await readAll(...files.map((file) => path.join(folder, file)));
  assert.ok(exchanges.length >= 40, `${exchanges.length} exchanges`);
  assert.deepEqual([notes.malformed, notes.cutOff], [0, []]);
  assert.ok(!JSON.stringify(exchanges).includes('nobodys-business'));
  const routes = new Set(exchanges.map(({ route }) => route));
  assert.deepEqual([...routes].sort(), ['GET /api/invoices/{invoiceId}', 'POST /api/invoices']);
});

test('its replay against the faulty build exits 1 and names what live traffic names', async () => {
  const args = ['replay', 'recordings', '--monolith', urlOf(monolith), '--service', urlOf(service)];
  const { exitCode, stdout } = await ficus.run(...args);
  assert.equal(exitCode, 1);
  assert.match(stdout, /not sent: unsafe method \d+/);
  const signature = signatureOf('billing', 'GET /api/invoices/{invoiceId}', 'body:/total', 'value');
  assert.match(stdout, new RegExp(`${signature} .*GET /api/invoices/\\{invoiceId\\} +body:/total +value`));
});

test("yesterday's mismatches are exported, and hold a new build", async () => {
  assert.equal((await ficus.run('shadow', 'billing', '--share', '100%')).exitCode, 0);
  await ficus.until('pairs are stored', async () => {
    for (let number = 0; number < 10; number++) await send(`${ficus.url}/api/invoices/${number}`, {});
    return (await ficus.run('regressions', 'billing', '--out', 'regressions.ndjson.gz')).exitCode === 0;
  });
  const args = ['replay', 'regressions.ndjson.gz', '--control-recorded', '--service', urlOf(service)];
  assert.equal((await ficus.run(...args)).exitCode, 1);
  // Judged as expected it holds nothing: by what the running Ficus says, or by a file that was exported since.
  const signature = signatureOf('billing', 'GET /api/invoices/{invoiceId}', 'body:/total', 'value');
  const judge = (...as: string[]) =>
    ficus.run('verdict', signature, '--reason', 'whole coins', '--as', ...as);
  assert.equal((await judge('expected', '--until', untilTomorrow)).exitCode, 0);
  const excused = await ficus.run(...args, '--live-verdicts');
  assert.equal(excused.exitCode, 0, excused.stdout + excused.stderr);
  assert.match(excused.stdout, /but for what verdicts excuse/);
  await ficus.run('regressions', 'billing', '--out', 'judged.ndjson.gz');
  assert.equal((await ficus.run('replay', 'judged.ndjson.gz', ...args.slice(2))).exitCode, 0);
  assert.equal((await judge('bug')).exitCode, 0);
  assert.equal((await ficus.run(...args, '--live-verdicts')).exitCode, 1);
  isFaulty = false;
  const repaired = await ficus.run(...args);
  assert.equal(repaired.exitCode, 0, repaired.stdout + repaired.stderr);
});

test('the replay of the recorded traffic against the repaired build exits 0', async () => {
  const args = ['replay', 'recordings', '--monolith', urlOf(monolith), '--service', urlOf(service)];
  const { exitCode, stdout, stderr } = await ficus.run(...args);
  assert.equal(exitCode, 0, stdout + stderr);
  assert.match(stdout, /agreement 100%/);
});
