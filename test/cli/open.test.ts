import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { until } from '../support/until.ts';
import { runFicus, runHere, withEstate } from './run-ficus.ts';

test('open --print gives the address of the page, a screen, a migration or a difference', async () => {
  await withEstate(async (ficus, _estate, url) => {
    const addressOf = async (...args: string[]) => (await ficus('open', ...args, '--print')).stdout.trim();
    assert.equal(await addressOf(), `${url}/`);
    assert.equal(await addressOf('--screen', 'audit'), `${url}/audit`);
    assert.equal(await addressOf('catalog'), `${url}/migrations/catalog`);
    assert.equal(
      await addressOf('catalog', '--signature', '5f1c0a9be2d4'),
      `${url}/differences/catalog/5f1c0a9be2d4`,
    );
  });
});

test('open of what is not there exits 1 and says what was probably meant', async () => {
  await withEstate(async (ficus) => {
    const { exitCode, stderr } = await ficus('open', 'catalgo');
    assert.equal(exitCode, 1);
    assert.equal(stderr, 'ficus: There is no migration "catalgo"; did you mean "catalog"?\n');
    assert.equal((await ficus('open', 'catalog', '--signature', 'x', '--print')).exitCode, 1);
    assert.equal((await ficus('open', '--signature', 'x')).exitCode, 2);
  });
  const away = await runHere(['open', '--admin', 'http://127.0.0.1:1']);
  assert.match(away.stderr, /no Ficus answers/);
});

test('open starts the browser of the desktop; without one it prints the address and says so', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'ficus-open-'));
  try {
    await writeFile(path.join(folder, 'xdg-open'), '#!/bin/sh\necho "$1" > "$0.asked"\n', { mode: 0o755 });
    await withEstate(async (_ficus, _estate, url) => {
      const PATH = `${folder}:/usr/bin:/bin`;
      const env = { FICUS_ADMIN_URL: url, PATH };
      const opened = await runFicus(['open', 'catalog', '--json'], { env: { ...env, DISPLAY: ':0' } });
      assert.deepEqual(JSON.parse(opened.stdout), { url: `${url}/migrations/catalog`, opened: true });
      const asked = () => readFile(path.join(folder, 'xdg-open.asked'), 'utf8').catch(() => '');
      await until('it is asked', async () => (await asked()) === `${url}/migrations/catalog\n`);
      const none = await runFicus(['open', 'catalog'], { env });
      assert.deepEqual([none.exitCode, none.stdout], [0, `${url}/migrations/catalog\n`]);
      assert.match(none.stderr, /no browser could be started here/);
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});
