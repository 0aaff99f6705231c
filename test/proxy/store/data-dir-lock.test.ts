import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { lockDataDir } from '../../../proxy/store/data-dir-lock.ts';

let dataDir: string;
before(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'ficus-lock-'));
});
after(() => rm(dataDir, { recursive: true }));

const taking = `
  import { lockDataDir } from '${new URL('../../../proxy/store/data-dir-lock.ts', import.meta.url).pathname}';
  lockDataDir(process.argv[1]);
  console.log('taken');
  setInterval(() => {}, 1000);`;

test('a directory that another process has is refused; when that process was killed it is free', async () => {
  const other = spawn(process.execPath, ['--input-type=module', '-e', taking, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(other.stdout!, 'data');
  assert.throws(() => lockDataDir(dataDir), new RegExp(`another Ficus \\(pid ${other.pid}\\) runs on`));
  other.kill('SIGKILL');
  await once(other, 'exit');
  const unlock = lockDataDir(dataDir);
  unlock();
  await assert.rejects(readFile(path.join(dataDir, 'ficus.lock')), { code: 'ENOENT' });
});

test('a lock of a pid that is somebody else now, or of nonsense, is taken over', async () => {
  const { ppid } = process;
  for (const text of [`${ppid} 1`, '', 'nonsense']) {
    await writeFile(path.join(dataDir, 'ficus.lock'), text);
    lockDataDir(dataDir)();
  }
});
