import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withEstate } from './run-ficus.ts';

test('shadow sets the share and says where the migration stands', async () => {
  await withEstate(async (ficus, estate) => {
    const { stdout, exitCode } = await ficus(
      'shadow',
      'catalog',
      '--share',
      '0.1%',
      '--reason',
      'first look',
    );
    assert.equal(exitCode, 0);
    assert.equal(
      stdout,
      'catalog is in shadow.\ncatalog: shadow, 25% asked, 5% allowed, 5% effective, shadow 0.1%\n',
    );
    assert.equal(estate.migrations.get('catalog')?.shadowShare, 0.1);
    assert.equal(estate.auditRows[0]?.reason, 'first look');
    assert.match(estate.auditRows[0]?.actor ?? '', /^cli:./);
  });
});

test('promote takes the next step, or the one that is named', async () => {
  await withEstate(async (ficus, estate) => {
    estate.reasons = [];
    assert.equal((await ficus('promote', 'catalog')).exitCode, 0);
    assert.equal(estate.migrations.get('catalog')?.share.effective, 25);
    assert.equal((await ficus('promote', 'catalog', '--to', '100%')).exitCode, 0);
    assert.equal(estate.migrations.get('catalog')?.share.effective, 100);
  });
});

test('a refused promote names every reason on stderr and exits 1', async () => {
  await withEstate(async (ficus, estate) => {
    const { stdout, stderr, exitCode } = await ficus('promote', 'catalog');
    assert.equal(exitCode, 1);
    assert.equal(stdout, '');
    assert.equal(
      stderr,
      `ficus: The gate refused the move:
  - GET /api/categories has 1,760 pairs; 1,240 more are wanted.
  - 2 signatures have no verdict: 5f1c0a9be2d4, 91d2e07744aa.
`,
    );
    assert.equal(estate.migrations.get('catalog')?.revision, 4);
  });
});

test('promote past the gate sends how long and why, and the reason is needed', async () => {
  await withEstate(async (ficus, estate) => {
    const past = ['promote', 'catalog', '--to', '25%', '--override'];
    for (const args of [past, [...past, '--reason', ' '], ['promote', 'catalog', '--for', '2h']]) {
      assert.equal((await ficus(...args)).exitCode, 2);
    }
    assert.equal((await ficus(...past, '--reason', 'down', '--for', '25h')).exitCode, 2);
    assert.deepEqual(estate.overrides, []);
    assert.equal((await ficus(...past, '--reason', 'down')).exitCode, 0);
    assert.equal((await ficus(...past, '--reason', 'down', '--for', '2h')).exitCode, 0);
    assert.deepEqual(estate.overrides, [3_600_000, 7_200_000]);
  });
});

test('rollback works while the store is away, and warns of what waits', async () => {
  await withEstate(async (ficus, estate) => {
    estate.storeError = new Error('gone');
    const { stderr, exitCode } = await ficus('rollback', 'catalog', '--reason', 'prices are off');
    assert.equal(exitCode, 0);
    assert.match(stderr, /^warning: The store is away/);
    assert.equal(estate.migrations.get('catalog')?.phase, 'monolith');
  });
});

test('an unknown migration is named with the known ones and exits 1', async () => {
  await withEstate(async (ficus) => {
    for (const args of [
      ['gate', 'billing'],
      ['status', '../audit'],
      ['rollback', 'billing', '--reason', 'x'],
    ]) {
      const { stderr, exitCode } = await ficus(...args);
      assert.equal(exitCode, 1);
      assert.match(stderr, /^ficus: There is no migration "[^"]+"; routes\.yaml names catalog\.\n$/);
    }
  });
});

test('reads that need the store say that it is away and exit 1', async () => {
  await withEstate(async (ficus, estate) => {
    estate.storeError = new Error('connect ECONNREFUSED');
    const { stderr, exitCode } = await ficus('diffs', 'catalog');
    assert.equal(exitCode, 1);
    assert.match(stderr, /The store did not answer \(connect ECONNREFUSED\)/);
  });
});

test('a move that was decided on an older revision is refused, and says who did what since', async () => {
  await withEstate(async (ficus, estate) => {
    estate.reasons = [];
    assert.equal((await ficus('promote', 'catalog', '--revision', '4', '--reason', 'first')).exitCode, 0);
    const { exitCode, stderr } = await ficus('promote', 'catalog', '--revision', '4');
    assert.equal(exitCode, 1);
    assert.match(stderr, /^ficus: Somebody else moved it meanwhile:\n/);
    assert.match(stderr, /catalog is at revision 5 by now, not 4\./);
    assert.match(stderr, /cli:\S+: promote at \S+ \(first\)\./);
    assert.equal(estate.migrations.get('catalog')?.share.effective, 25);
    assert.equal((await ficus('rollback', 'catalog', '--reason', 'x')).exitCode, 0);
  });
});
