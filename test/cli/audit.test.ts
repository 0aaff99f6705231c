import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withEstate } from './run-ficus.ts';

test('the audit is a table of when, who, what and why in local time', async () => {
  await withEstate(
    async (ficus) => {
      await ficus('shadow', 'catalog', '--share', '10');
      await ficus('rollback', 'catalog', '--reason', 'prices are off');
      const { stdout, exitCode } = await ficus('audit');
      assert.equal(exitCode, 0);
      const [titles, newest] = stdout.split('\n');
      assert.match(titles ?? '', /^NO +WHEN +WHO +WHAT +MIGRATION +WHY$/);
      assert.match(newest ?? '', /^ 2 {2}2026-11-20 17:30:00 {2}cli:\S+ +rollback +catalog +prices are off$/);
    },
    { TZ: 'Asia/Kolkata' },
  );
});

test('--limit says how many entries', async () => {
  await withEstate(async (ficus) => {
    await ficus('shadow', 'catalog', '--share', '10');
    await ficus('shadow', 'catalog', '--share', '20');
    const { stdout } = await ficus('audit', '--limit', '1');
    assert.equal(stdout.trimEnd().split('\n').length, 2);
  });
});

test('--verify says that the chain is intact, or exits 1 and says where it is broken', async () => {
  await withEstate(async (ficus, estate) => {
    estate.auditCheck = { rows: 1_234, intact: true };
    const intact = await ficus('audit', '--verify');
    assert.equal(intact.exitCode, 0);
    assert.equal(intact.stdout, 'The chain is intact: 1,234 rows.\n');
    estate.auditCheck = { rows: 1_234, intact: false, brokenAt: 1_007 };
    const broken = await ficus('audit', '--verify');
    assert.equal(broken.exitCode, 1);
    assert.match(broken.stderr, /broken at number 1,007/);
    const json = await ficus('audit', '--verify', '--json');
    assert.equal(json.exitCode, 1);
    assert.equal(JSON.parse(json.stdout).brokenAt, 1_007);
  });
});
