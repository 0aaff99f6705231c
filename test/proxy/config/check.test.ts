import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { checkFile } from '../../../proxy/config/check.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

function check(...args: string[]) {
  const command = ['proxy/config/check.ts', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: root, encoding: 'utf8' });
  return { status, stdout, stderr };
}

test('a good file gets one line with what is in it, and exit 0', () => {
  assert.deepEqual(check('test/fixtures/config/good/design-example.yaml'), {
    status: 0,
    stdout: 'test/fixtures/config/good/design-example.yaml: 2 upstreams, 1 migration, 3 routes\n',
    stderr: '',
  });
});

test('a bad file gets a line for each problem on stderr, and exit 1', () => {
  const { status, stdout, stderr } = check('test/fixtures/config/bad/five-mistakes.yaml');
  assert.equal(status, 1);
  assert.equal(stdout, '');
  assert.equal(stderr.trimEnd().split('\n').length, 5);
});

test('a file that is not there is a problem, and exit 1', () => {
  assert.deepEqual(check('no-such.yaml'), {
    status: 1,
    stdout: '',
    stderr: 'no-such.yaml:1:1 does not exist\n',
  });
});

test('wrong usage gets a hint, and exit 2', () => {
  for (const args of [[], ['a.yaml', 'b.yaml'], ['a.yaml', '--jsno']]) {
    const { status, stderr } = check(...args);
    assert.equal(status, 2);
    assert.match(stderr, /^usage: /);
  }
});

test('a warning is printed and does not fail the check', async () => {
  const { exitCode, stderr } = await checkFile(`${root}test/fixtures/config/good/ten-lines.yaml`);
  assert.equal(exitCode, 0);
  assert.match(stderr, /^warning: .*ten-lines.yaml:6:3 migrations.billing has no stickBy/);
});

test('with --json the problems are data', async () => {
  const outcome = await checkFile(`${root}test/fixtures/config/bad/five-mistakes.yaml`, { json: true });
  assert.equal(outcome.exitCode, 1);
  const { ok, problems } = JSON.parse(outcome.stdout);
  assert.equal(ok, false);
  assert.deepEqual(problems[2], {
    file: `${root}test/fixtures/config/bad/five-mistakes.yaml`,
    line: 7,
    column: 14,
    path: 'migrations.billing.service',
    message: '"biling" is not an upstream; did you mean "billing"?',
  });
});

test('with --json a good file is data too', async () => {
  const outcome = await checkFile(`${root}test/fixtures/config/good/ten-lines.yaml`, { json: true });
  assert.equal(outcome.exitCode, 0);
  const { ok, upstreams, migrations, routes, warnings } = JSON.parse(outcome.stdout);
  assert.deepEqual(
    { ok, upstreams, migrations, routes },
    { ok: true, upstreams: 2, migrations: 1, routes: 2 },
  );
  assert.equal(warnings.length, 1);
});
