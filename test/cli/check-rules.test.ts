import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { runFicus } from './run-ficus.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'check-rules-'));
});
after(() => rm(folder, { recursive: true }));

async function routesWith(ignore: string): Promise<string> {
  const file = path.join(folder, 'routes.yaml');
  await writeFile(
    file,
    `upstreams:
  monolith: { url: http://127.0.0.1:9000 }
  billing: { url: http://127.0.0.1:9001 }
default: monolith
migrations:
  billing:
    service: billing
    routes: [GET /api/invoices]
    shadow: { compare: { ignore: [${ignore}] } }
`,
  );
  return file;
}

const pair = {
  migration: 'billing',
  route: 'GET /api/invoices',
  monolith: { status: 200, headers: ['Content-Type', 'application/json'], body: '{"total":1,"at":"now"}' },
};

test('check --rules with recorded pairs says what a rule hides, and exits 0', async () => {
  const pairs = path.join(folder, 'pairs.ndjson');
  await writeFile(pairs, `${JSON.stringify(pair)}\n`);
  const run = await runFicus([
    'check',
    '--rules',
    '--config',
    await routesWith('body:/at'),
    '--pairs',
    pairs,
  ]);
  assert.deepEqual([run.exitCode, run.stderr], [0, '']);
  assert.match(run.stdout, /^billing: \d+ faults made in 1 recorded pairs\n/);
  assert.match(run.stdout, /ignore body:\/at +missing, type, value +1 route/);
});

test('check --rules with a body that no rule lets be seen exits 1 and names the rule', async () => {
  // Nothing listens there: answers are made up.
  const args = ['check', '--rules', '--json', '--admin', 'http://127.0.0.1:1', 'billing'];
  const run = await runFicus([...args, '--config', await routesWith("'body:'")]);
  assert.equal(run.exitCode, 1);
  const report = JSON.parse(run.stdout);
  assert.deepEqual(report.failures, [
    'billing: of GET /api/invoices nothing that goes wrong in a body would be seen: `ignore body:`',
  ]);
  assert.equal(report.migrations[0].routes[0].blind, 'body');
});

test('check --rules of a migration that is not there exits 1', async () => {
  const args = ['check', '--rules', '--admin', 'http://127.0.0.1:1', 'biling'];
  const run = await runFicus([...args, '--config', await routesWith('body:/at')]);
  assert.equal(run.exitCode, 1);
  assert.match(run.stderr, /has no migration "biling"/);
});
