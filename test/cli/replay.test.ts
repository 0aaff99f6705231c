import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { ReplayReport } from '../../proxy/replay/protocol.ts';
import { signatureOf } from '../../proxy/shadow/signature.ts';
import { fileWith, recordingText, sampleExchange, withFolder } from '../proxy/recording/sample-recording.ts';
import { ficusPath, runFicus } from './run-ficus.ts';

let monolith: Server;
let faulty: Server;
let repaired: Server;
let requests: IncomingMessage[] = [];
/** Set: the service announces that it can dry-run. */
let announces = false;

const product =
  (price: number): RequestListener =>
  (request, response) => {
    requests.push(request.resume());
    response.setHeader('content-type', 'application/json');
    if (request.url === '/.well-known/ficus') response.end(JSON.stringify({ dryRun: announces }));
    else response.end(JSON.stringify({ id: Number(request.url?.split('/').at(-1)), price }));
  };

before(async () => {
  [monolith, faulty, repaired] = [
    createServer(product(2.36)),
    createServer(product(2.4)),
    createServer(product(2.36)),
  ];
  for (const server of [monolith, faulty, repaired]) await once(server.listen(0, '127.0.0.1'), 'listening');
});

after(() => {
  for (const server of [monolith, faulty, repaired]) {
    server.closeAllConnections();
    server.close();
  }
});

const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const exchanges = Array.from({ length: 20 }, (_, number) => sampleExchange(number));

async function withRecording(
  use: (file: string, folder: string) => Promise<void>,
  lines = exchanges,
): Promise<void> {
  requests = [];
  await withFolder(async (folder) => use(await fileWith(folder, 'r.ndjson', recordingText(lines)), folder));
}

test('a replay against a repaired build exits 0, and against the faulty one 1 with its signatures', async () => {
  await withRecording(async (file, folder) => {
    const good = await runFicus(
      ['replay', file, '--monolith', urlOf(monolith), '--service', urlOf(repaired)],
      { cwd: folder },
    );
    assert.equal(good.exitCode, 0, good.stderr);
    assert.match(good.stdout, /20 exchanges .*of 20 pairs 20 agree \(agreement 100%\)/);
    const bad = await runFicus(['replay', file, '--control-recorded', '--service', urlOf(faulty), '--json'], {
      cwd: folder,
    });
    assert.equal(bad.exitCode, 1);
    assert.match(bad.stderr, /ficus: 20 of 20 pairs differ and 0 can't be compared/);
    const { signatures } = JSON.parse(bad.stdout) as ReplayReport;
    assert.deepEqual(
      signatures.map(({ place, kind, pairs, monolith: one, service: other }) => [
        place,
        kind,
        pairs,
        one,
        other,
      ]),
      [['body:/price', 'value', 20, '2.36', '2.4']],
    );
  });
});

test('rules of a routes file hold as they do for live traffic', async () => {
  await withRecording(async (file, folder) => {
    const routes = `upstreams:
  monolith: { url: "http://127.0.0.1:1" }
  catalog: { url: "http://127.0.0.1:1" }
default: monolith
migrations:
  catalog:
    service: catalog
    stickBy: [ip]
    routes: [{ match: "GET /api/products/{productId}", rewrite: "/v2/{productId}" }]
    shadow: { compare: { tolerate: [{ at: body:/price, within: 0.1 }] } }
`;
    await fileWith(folder, 'routes.yaml', routes);
    const { exitCode, stderr } = await runFicus(
      ['replay', file, '--control-recorded', '--service', urlOf(faulty)],
      { cwd: folder },
    );
    assert.equal(exitCode, 0, stderr);
    assert.equal(requests[0]?.url, '/v2/0');
    assert.equal(requests[0]?.headers['ficus-shadow'], 'compare');
    assert.equal(requests[0]?.headers.host, 'shop.test');
  });
});

test('a replay that is stopped says how to go on, and goes on without sending anything twice', async () => {
  await withRecording(async (file, folder) => {
    const args = ['replay', file, '--control-recorded', '--service', urlOf(repaired), '--rate', '20/s'];
    const child = spawn(ficusPath, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const closed = once(child, 'close');
    while (requests.length < 3) {
      await Promise.race([once(repaired, 'request'), closed.then(() => assert.fail(`it ended: ${stderr}`))]);
    }
    child.kill('SIGINT');
    assert.deepEqual(await closed, [1, null]);
    const state = path.join(folder, 'r.ndjson.replay-state.json');
    assert.match(stderr, /it was stopped after \d+ of 20 exchanges/);
    assert.match(stderr, new RegExp(`run the same command with --resume ${state}`));
    const resumed = await runFicus([...args.slice(0, -2), '--resume', state], { cwd: folder });
    assert.equal(resumed.exitCode, 0, resumed.stderr);
    assert.match(resumed.stdout, /of 20 pairs 20 agree/);
    assert.deepEqual(
      requests.map(({ url }) => url).sort(),
      exchanges.map(({ request }) => request.target).sort(),
    );
    const other = await runFicus([
      'replay',
      file,
      '--control-recorded',
      '--service',
      urlOf(faulty),
      '--resume',
      state,
    ]);
    assert.equal(other.exitCode, 1);
  });
});

test('what a verdict says is expected counts as agreement: from a file, or from the recording itself', async () => {
  const signature = signatureOf('catalog', 'GET /api/products/{productId}', 'body:/price', 'value');
  const verdict = (rest: object) => ({ signature, state: 'expected', owner: 'qa', ...rest });
  const inForce = verdict({ until: '2999-12-31T23:59:59.999Z' });
  const args = ['--control-recorded', '--service', urlOf(faulty)];
  await withRecording(async (file, folder) => {
    const replayed = async (...verdicts: object[]) => {
      const written = await fileWith(folder, 'verdicts.json', JSON.stringify({ verdicts }));
      return runFicus(['replay', file, ...args, '--verdicts', written], { cwd: folder });
    };
    const good = await replayed(inForce);
    assert.equal(good.exitCode, 0, good.stderr);
    assert.match(good.stdout, /20 agree \(20 but for what verdicts excuse\)/);
    assert.match(good.stdout, new RegExp(`${signature} +expected`));
    for (const other of [{ until: '2020-01-01T00:00:00.000Z' }, { state: 'bug' }])
      assert.equal((await replayed(verdict(other))).exitCode, 1);
    const [header = '', ...lines] = recordingText(exchanges).split('\n');
    const carrying = JSON.stringify({ ...JSON.parse(header), verdicts: [inForce] });
    const carried = await fileWith(folder, 'carried.ndjson', [carrying, ...lines].join('\n'));
    assert.equal((await runFicus(['replay', carried, ...args], { cwd: folder })).exitCode, 0);
  });
});

test('a file of secrets that is no YAML is told by its line, and not quoted', async () => {
  await withRecording(async (file, folder) => {
    const secrets = await fileWith(folder, 'secrets.yaml', '1a2b3c4d: one\n1a2b3c4e: "hunter2\n');
    const { exitCode, stdout, stderr } = await runFicus(
      ['replay', file, '--control-recorded', '--service', urlOf(faulty), '--secrets', secrets],
      { cwd: folder },
    );
    assert.equal(exitCode, 1);
    assert.match(stderr, /secrets\.yaml:\d is no YAML/);
    assert.ok(!`${stdout}${stderr}`.includes('hunter2'));
  });
});

const writes = [
  sampleExchange(1),
  sampleExchange(2, { request: { method: 'POST', target: '/api/products/2', headers: [] } }),
];

test('unsafe requests are dry-run only at a service that announces it, and never at the monolith', async () => {
  await withRecording(async (file, folder) => {
    const args = [
      'replay',
      file,
      '--monolith',
      urlOf(monolith),
      '--service',
      urlOf(repaired),
      '--unsafe',
      'dry-run',
    ];
    announces = false;
    const refused = await runFicus(args, { cwd: folder });
    assert.equal(refused.exitCode, 1);
    assert.match(refused.stderr, /does not announce "dryRun": true/);
    assert.equal(requests.filter(({ url }) => url !== '/.well-known/ficus').length, 0);
    announces = true;
    const { exitCode, stdout } = await runFicus(args, { cwd: folder });
    assert.equal(exitCode, 0, stdout);
    const posts = requests.filter(({ method }) => method === 'POST');
    assert.deepEqual(
      posts.map(({ headers }) => headers['ficus-shadow']),
      ['dry-run'],
    );
    assert.equal(requests.filter(({ method }) => method === 'GET').length, 4);
  }, writes);
});

test('without a word about unsafe requests none is sent, and they are counted', async () => {
  await withRecording(async (file, folder) => {
    const args = ['replay', file, '--monolith', urlOf(monolith), '--service', urlOf(repaired)];
    const { stdout } = await runFicus(args, { cwd: folder });
    assert.match(stdout, /not sent: unsafe method 1/);
    assert.equal(requests.filter(({ method }) => method === 'POST').length, 0);
  }, writes);
});
