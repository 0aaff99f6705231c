import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { runFicus } from './run-ficus.ts';

let folder: string;
const file = (name: string) => path.join(folder, name);

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ficus-descriptions-'));
  const of = (paths: string) => `openapi: 3.1.0\npaths:\n${paths}`;
  await writeFile(
    file('old.yaml'),
    of('  /a: { get: { responses: {} } }\n  /b: { get: { responses: {} } }\n'),
  );
  await writeFile(file('new.yaml'), of('  /a: { get: { responses: {} } }\n'));
  await writeFile(file('none.yaml'), 'openapi: 2.0\n');
});
after(() => rm(folder, { recursive: true }));

test('check --openapi names every breaking change with its rule, and exits 1', async () => {
  const { stdout, stderr, exitCode } = await runFicus([
    'check',
    '--openapi',
    file('old.yaml'),
    file('new.yaml'),
  ]);
  assert.deepEqual([exitCode, stdout], [1, '']);
  assert.match(
    stderr,
    /^GET \/b: is no longer there \[operation-removed\]\n\n1 breaking change since .*old\.yaml;/,
  );
});

test('check --openapi of what breaks nothing says so and exits 0, as JSON where asked', async () => {
  const { stdout, exitCode } = await runFicus([
    'check',
    '--openapi',
    file('new.yaml'),
    file('old.yaml'),
    '--json',
  ]);
  assert.equal(exitCode, 0);
  assert.deepEqual(JSON.parse(stdout), {
    ok: true,
    older: file('new.yaml'),
    newer: file('old.yaml'),
    breaking: [],
  });
});

test('check --openapi names each file that is no description, and exits 1', async () => {
  const { stderr, exitCode } = await runFicus(['check', '--openapi', file('none.yaml'), file('lost.yaml')]);
  assert.equal(exitCode, 1);
  assert.match(stderr, /none\.yaml is no OpenAPI 3\.0 or 3\.1 .*\n.*lost\.yaml does not exist\n$/);
});

test('check --openapi with one file, or with another option, is wrong usage', async () => {
  assert.equal((await runFicus(['check', '--openapi', file('old.yaml')])).exitCode, 2);
  assert.equal(
    (await runFicus(['check', '--openapi', file('old.yaml'), file('new.yaml'), '--rules'])).exitCode,
    2,
  );
});
