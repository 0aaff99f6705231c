import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { pino } from 'pino';
import { watchTokens } from '../../../../proxy/admin/login/watch-tokens.ts';
import { until } from '../../../support/until.ts';
import { hashOf } from './hash-of.ts';

const text = (name: string) => `tokens: [{ name: ${name}, role: qa, sha256: ${hashOf(name)} }]\n`;

test('the file changes, the tokens are the new ones; it goes bad, the last good ones stay and the log says why', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'ficus-tokens-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'tokens.yaml');
  const logged: string[] = [];
  const log = pino({}, { write: (line: string) => void logged.push(line) });
  await assert.rejects(watchTokens({ file, log }), /there is no such file/);
  await writeFile(file, text('first'));
  const watcher = await watchTokens({ file, log, settleMs: 1, pollMs: 20 });
  t.after(() => watcher.close());
  const names = () => watcher.current().map(({ name }) => name);
  assert.deepEqual(names(), ['first']);
  await writeFile(file, text('second'));
  await until('the second token is read', () => names()[0] === 'second');
  await writeFile(file, 'tokens: [');
  await until('the log has it', () => logged.some((line) => line.includes('tokens file refused')));
  assert.deepEqual(names(), ['second']);
});
