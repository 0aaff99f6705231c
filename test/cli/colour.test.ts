import assert from 'node:assert/strict';
import { accessSync } from 'node:fs';
import { test } from 'node:test';
import { ficusPath, runFicus, withEstate } from './run-ficus.ts';

const scriptPath = '/usr/bin/script';
const skip = !exists(scriptPath) && 'script(1) is not there to make a terminal';

const inTerminal = (url: string, env: Record<string, string> = {}) =>
  runFicus(['-qec', `${ficusPath} gate catalog --admin ${url}`, '/dev/null'], {
    command: scriptPath,
    env: { TERM: 'xterm-256color', ...env },
  });

test('on a terminal, even one of unknown size, the marks are coloured, with NO_COLOR they are not', {
  skip,
}, async () => {
  await withEstate(async (_ficus, _estate, url) => {
    assert.ok((await inTerminal(url)).stdout.includes('\u001b[32m✓\u001b[39m'));
    const plain = await inTerminal(url, { NO_COLOR: '1' });
    assert.match(plain.stdout, /✓ pairs/);
    assert.ok(!plain.stdout.includes('\u001b['));
  });
});

test('in a pipe nothing is coloured', async () => {
  await withEstate(async (ficus) => {
    const { stdout } = await ficus('gate', 'catalog');
    assert.match(stdout, /✓ pairs/);
    assert.ok(!stdout.includes('\u001b'));
  });
});

function exists(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}
