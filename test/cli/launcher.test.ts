import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ficusPath, runFicus } from './run-ficus.ts';

const checkout = fileURLToPath(new URL('../../', import.meta.url));

/** A folder with a bin/ficus and cli/ of its own, and stubs in place of what `up` and `check` become. */
async function withCopy(use: (root: string) => Promise<void>): Promise<void> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'ficus cli ')));
  try {
    for (const path of ['bin', 'cli', 'package.json'])
      await cp(join(checkout, path), join(root, path), { recursive: true });
    await symlink(join(checkout, 'node_modules'), join(root, 'node_modules'));
    const report =
      'console.log(JSON.stringify({ args: process.argv.slice(2), pid: process.pid, cwd: process.cwd(), version: process.versions.node }));';
    await mkdir(join(root, 'proxy/config'), { recursive: true });
    await writeFile(join(root, 'proxy/main.ts'), `${report}\nprocess.exitCode = 7;\n`);
    await writeFile(
      join(root, 'proxy/config/check.ts'),
      `${report}\nprocess.kill(process.pid, 'SIGTERM');\nsetInterval(() => {}, 1000);\n`,
    );
    await use(root);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

test('up becomes the proxy: same process, pinned Node, its own exit status, the flags that were given', async () => {
  await withCopy(async (root) => {
    const command = join(root, 'bin/ficus');
    const args = [
      'up',
      '--config',
      'my routes.yaml',
      '--port',
      '0',
      '--admin-port=0',
      '--data-dir',
      'd',
      '--workers',
      '2',
    ];
    const { stdout, stderr, exitCode, pid } = await runFicus(args, { command, cwd: tmpdir() });
    assert.equal(stderr, '');
    assert.equal(exitCode, 7);
    const report = JSON.parse(stdout);
    assert.equal(report.pid, pid);
    assert.equal(report.cwd, await realpath(tmpdir()));
    assert.match(report.version, /^26\./);
    assert.deepEqual(report.args, [
      '--config',
      'my routes.yaml',
      '--port',
      '0',
      '--admin-port',
      '0',
      '--data-dir',
      'd',
      '--workers',
      '2',
    ]);
  });
});

test('up without flags hands over routes.yaml and leaves the rest to the environment', async () => {
  await withCopy(async (root) => {
    const { stdout } = await runFicus(['up'], { command: join(root, 'bin/ficus') });
    assert.deepEqual(JSON.parse(stdout).args, ['--config', 'routes.yaml']);
  });
});

test('check becomes the checker and dies of the signal that the checker dies of', async () => {
  await withCopy(async (root) => {
    const command = join(root, 'bin/ficus');
    const byDefault = await runFicus(['check'], { command });
    assert.equal(byDefault.exitCode, null);
    assert.deepEqual(JSON.parse(byDefault.stdout).args, ['routes.yaml']);
    const named = await runFicus(['check', '--config', 'other.yaml', '--json'], { command });
    assert.deepEqual(JSON.parse(named.stdout).args, ['other.yaml', '--json']);
    assert.deepEqual(JSON.parse((await runFicus(['check', 'x.yaml'], { command })).stdout).args, ['x.yaml']);
  });
});

test('it runs with a wrong node first on the PATH, and with whatever the system has', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ficus-path-'));
  try {
    await writeFile(join(folder, 'node'), '#!/bin/sh\necho "the wrong node" >&2\nexit 99\n', { mode: 0o755 });
    for (const PATH of [`${folder}:/usr/bin:/bin`, '/usr/bin:/bin']) {
      const { exitCode, stderr } = await runFicus(['--version'], { env: { PATH } });
      assert.equal(stderr, '');
      assert.equal(exitCode, 0);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('it runs through symlinks, absolute, relative and chained, from any folder and in spite of CDPATH', async () => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'ficus link ')));
  try {
    await mkdir(join(folder, 'bin'));
    await symlink(ficusPath, join(folder, 'absolute'));
    await symlink('../absolute', join(folder, 'bin/relative'));
    await symlink('bin/relative', join(folder, 'chained'));
    for (const command of [join(folder, 'absolute'), './chained', 'bin/relative']) {
      const { exitCode, stderr } = await runFicus(['--version'], { command, cwd: folder });
      assert.equal(stderr, '');
      assert.equal(exitCode, 0, command);
    }
    const { exitCode, stderr } = await runFicus(['--version'], {
      command: 'bin/ficus',
      cwd: checkout,
      env: { CDPATH: folder },
    });
    assert.equal(stderr, '');
    assert.equal(exitCode, 0);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('without node_modules it says what to run', async () => {
  await withCopy(async (root) => {
    await rm(join(root, 'node_modules'));
    const { exitCode, stderr } = await runFicus(['status'], { command: join(root, 'bin/ficus') });
    assert.equal(exitCode, 1);
    assert.match(stderr, /^ficus: .* is missing; run 'npm install' in .* first\n$/);
  });
});
