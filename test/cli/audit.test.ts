import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runFicus, withEstate } from './run-ficus.ts';

test('the audit is a table of when, who, what and why in local time', async () => {
  await withEstate(async (ficus, _estate, url) => {
    await ficus('shadow', 'catalog', '--share', '10');
    await ficus('rollback', 'catalog', '--reason', 'prices are off');
    const env = { FICUS_ADMIN_URL: url, TZ: 'Asia/Kolkata' };
    const { stdout, exitCode } = await runFicus(['audit'], { env });
    assert.equal(exitCode, 0);
    const [titles, newest] = stdout.split('\n');
    assert.match(titles ?? '', /^NO +WHEN +WHO +WHAT +MIGRATION +WHY$/);
    assert.match(newest ?? '', /^ 2 {2}2026-11-20 17:30:00 {2}cli:\S+ +rollback +catalog +prices are off$/);
  });
});

test('--limit says how many entries', async () => {
  await withEstate(async (ficus) => {
    await ficus('shadow', 'catalog', '--share', '10');
    await ficus('shadow', 'catalog', '--share', '20');
    const { stdout } = await ficus('audit', '--limit', '1');
    assert.match(stdout, /^NO.*\n 2 .*\n\nOlder ones: --before 2\n$/);
  });
});

test('--verify says that the chain is intact, or exits 1 and says where it is broken', async () => {
  await withEstate(async (ficus, estate) => {
    estate.auditCheck = { rows: 1_234, intact: true };
    const intact = await ficus('audit', '--verify');
    assert.equal(intact.exitCode, 0);
    assert.match(intact.stdout, /^The chain is intact: 1,234 rows\. This replica had noted no row/);
    estate.auditCheck = { rows: 1_234, intact: false, brokenAt: 1_007, problem: 'Row 1007 is gone.' };
    const broken = await ficus('audit', '--verify');
    assert.equal(broken.exitCode, 1);
    assert.match(broken.stderr, /broken at number 1,007, after 1,234 rows that fit: Row 1007 is gone\./);
    const json = await ficus('audit', '--verify', '--json');
    assert.equal(json.exitCode, 1);
    assert.equal(JSON.parse(json.stdout).brokenAt, 1_007);
  });
});

test('asked for one migration, one person and one kind of move, only that is listed', async () => {
  await withEstate(async (ficus) => {
    await ficus('shadow', 'catalog', '--share', '10');
    await ficus('rollback', 'catalog', '--reason', 'prices are off');
    const { stdout } = await ficus(
      'audit',
      '--action',
      'rollback',
      '--migration',
      'catalog',
      '--since',
      '2020-01-01',
    );
    assert.match(stdout, /^NO.*\n 2 .*rollback.*prices are off\n$/);
    assert.match((await ficus('audit', '--actor', 'nobody')).stdout, /^No entry is like that\.\n$/);
    const wrong = await ficus('audit', '--since', 'yesterday');
    assert.deepEqual([wrong.exitCode, /--since wants 30m, 12h, 7d/.test(wrong.stderr)], [2, true]);
  });
});

test('one entry is shown with its evidence', async () => {
  await withEstate(async (ficus) => {
    await ficus('rollback', 'catalog', '--reason', 'prices are off');
    const { stdout } = await ficus('audit', '--entry', '1');
    assert.match(stdout, /^Entry 1\n/);
    assert.match(stdout, /\n {2}why +prices are off\n/);
    assert.match(stdout, /The evidence as it stood\n {2}revision {2}5\n/);
    assert.equal((await ficus('audit', '--entry', '2')).exitCode, 1);
  });
});
