import assert from 'node:assert/strict';
import { test } from 'node:test';
import { passedContract } from '../proxy/admin/sample-data.ts';
import { withEstate } from './run-ficus.ts';

const reads: [args: string[], path: string][] = [
  [['status'], '/api/migrations'],
  [['status', 'catalog'], '/api/migrations/catalog'],
  [['gate', 'catalog'], '/api/migrations/catalog/gate'],
  [['diffs', 'catalog'], '/api/migrations/catalog/signatures'],
  [
    ['diffs', 'catalog', '--signature', '5f1c0a9be2d4', '--pairs', '1'],
    '/api/migrations/catalog/signatures/5f1c0a9be2d4?limit=1',
  ],
  [['verdicts', 'catalog'], '/api/migrations/catalog/verdicts'],
  [['audit', '--limit', '1'], '/api/audit?limit=1'],
  [['audit', '--verify'], '/api/audit/verification'],
];
for (const [args, path] of reads) {
  test(`${args.join(' ')} --json is what the API answers at ${path}`, async () => {
    await withEstate(async (ficus, _estate, url) => {
      await ficus('shadow', 'catalog', '--share', '10');
      const { stdout, stderr, exitCode } = await ficus(...args, '--json');
      assert.equal(stderr, '');
      assert.equal(exitCode, 0);
      assert.deepEqual(JSON.parse(stdout), await (await fetch(url + path)).json());
    });
  });
}

test('moves and verifications with --json are what the API answers', async () => {
  await withEstate(async (ficus, estate) => {
    estate.reasons = [];
    estate.contracts = [passedContract];
    for (const args of [
      ['shadow', 'catalog', '--share', '10'],
      ['promote', 'catalog'],
      ['rollback', 'catalog', '--reason', 'x'],
    ]) {
      const { stdout, exitCode } = await ficus(...args, '--json');
      assert.equal(exitCode, 0);
      assert.deepEqual(JSON.parse(stdout).status, estate.migrations.get('catalog'));
    }
    const verified = await ficus('verify', 'catalog', '--json');
    assert.deepEqual(JSON.parse(verified.stdout), {
      migration: 'catalog',
      results: [passedContract],
      problems: [],
    });
  });
});

test('a refusal with --json is the problem on stdout, its reasons on stderr, and exit 1', async () => {
  await withEstate(async (ficus) => {
    const { stdout, stderr, exitCode } = await ficus('promote', 'catalog', '--json');
    assert.equal(exitCode, 1);
    const problem = JSON.parse(stdout);
    assert.equal(problem.code, 'gate_refused');
    assert.equal(problem.reasons.length, 2);
    assert.match(stderr, /1,240 more are wanted/);
  });
});

test('wrong usage with --json is a document on stdout and exit 2', async () => {
  await withEstate(async (ficus) => {
    for (const args of [
      ['promote', '--json'],
      ['statsu', '--json'],
      ['--json', 'status'],
      ['gate', 'catalog', '--jsn', '--json'],
    ]) {
      const { stdout, stderr, exitCode } = await ficus(...args);
      assert.equal(exitCode, 2);
      assert.equal(JSON.parse(stdout).code, 'wrong_usage');
      assert.match(stderr, /^ficus: .*\nusage: ficus /);
    }
  });
});

test('help and version have a JSON form', async () => {
  await withEstate(async (ficus) => {
    const list = JSON.parse((await ficus('--json')).stdout);
    assert.ok(list.some(({ name }: { name: string }) => name === 'rollback'));
    assert.equal(JSON.parse((await ficus('promote', '--help', '--json')).stdout).name, 'promote');
    assert.match(JSON.parse((await ficus('--version', '--json')).stdout).version, /^\d+\.\d+\.\d+/);
  });
});
