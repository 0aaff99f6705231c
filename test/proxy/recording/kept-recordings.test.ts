import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { keepStatus, readKept } from '../../../proxy/recording/kept-recordings.ts';
import type { RecordingStatus } from '../../../proxy/recording/recording-status.ts';

test('a recording whose folder is broken hides neither itself nor the others', async (t) => {
  const directory = await mkdtemp(path.join(tmpdir(), 'ficus-kept-'));
  t.after(() => rm(directory, { recursive: true }));
  const counts = { exchanges: 0, bytes: 0, dropped: {}, parts: [] };
  const keep = async (id: string, state: RecordingStatus['state'], minute: number) => {
    const startedAt = `2026-11-24T12:0${minute}:00.000Z`;
    const folder = path.join(directory, id);
    await keepStatus(folder, { id, state, startedAt, migrations: ['catalog'], share: 100, ...counts });
    return folder;
  };
  const lost = await keep('lost-part', 'running', 0);
  await symlink('/nowhere/at/all', path.join(lost, 'part-0001.ndjson'));
  const unwritable = await keep('unwritable', 'running', 1);
  await writeFile(path.join(unwritable, 'part-0001.ndjson'), '{}\n{}\n');
  await mkdir(path.join(unwritable, 'status.json.next'));
  await keep('whole', 'done', 2);
  assert.deepEqual(
    (await readKept(directory)).map(({ id, state, exchanges }) => [id, state, exchanges]),
    [
      ['lost-part', 'failed', 0],
      ['unwritable', 'failed', 1],
      ['whole', 'done', 0],
    ],
  );
});
