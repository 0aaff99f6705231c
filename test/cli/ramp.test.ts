import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import type { MigrationStatus } from '../../proxy/admin/api-types.ts';
import { catalogStatus } from '../proxy/admin/sample-data.ts';
import { assertGolden } from './golden.ts';
import { ficusPath, withEstate } from './run-ficus.ts';

const since = '2026-11-20T09:30:00.000Z';
const ramping: MigrationStatus = {
  ...catalogStatus,
  share: { asked: 100, allowed: 25, effective: 25 },
  ramp: {
    ...{
      from: 0,
      to: 100,
      step: 25,
      next: 50,
      since,
      by: 'cli:alice',
      reason: 'a week without a difference',
    },
    approvals: [{ before: 50, needed: 2, given: ['bob'] }],
    waitsFor: ['Before 50 % it wants the approval of one person other than cli:alice (bob did).'],
  },
  pause: { since, by: 'cli:carol', reason: 'the shop has a sale' },
  holds: ['Before 50 % it wants the approval of one person other than cli:alice (bob did).'],
};
const inService: MigrationStatus = {
  ...catalogStatus,
  phase: 'service',
  share: { asked: 100, allowed: 100, effective: 100 },
  drift: { agreed: 4000, differed: 2, incomparable: 0, agreementAtLeast: 0.9982, days: 7 },
  holds: [],
};

for (const [name, status, columns] of [
  ['status-ramp-80', ramping, '80'],
  ['status-drift-80', inService, '80'],
] as const) {
  test(`${name} reads as it should, in its columns`, async () => {
    await withEstate(
      async (ficus, estate) => {
        estate.migrations.set('catalog', status);
        const { stdout, exitCode } = await ficus('status', 'catalog');
        assert.equal(exitCode, 0);
        assertGolden(name, stdout);
        const longest = Math.max(...stdout.split('\n').map((line) => [...line].length));
        assert.ok(longest <= Number(columns), `a line has ${longest} columns`);
      },
      { COLUMNS: columns },
    );
  });
}

test('a pause wants a reason, and carries it to the audit', async () => {
  await withEstate(async (ficus, estate) => {
    const without = await ficus('pause', 'catalog');
    assert.equal(without.exitCode, 2);
    assert.match(without.stderr, /pause needs --reason/);
    assert.equal((await ficus('pause', 'catalog', '--reason', 'a sale')).exitCode, 0);
    assert.deepEqual([estate.auditRows[0]?.action, estate.auditRows[0]?.reason], ['pause', 'a sale']);
  });
});

test('status --watch --json prints a line for each look until it is interrupted, and exits 0', async () => {
  await withEstate(async (_ficus, _estate, url) => {
    const child = spawn(ficusPath, ['status', 'catalog', '--watch', '--json', '--admin', url], {
      env: { PATH: '/usr/bin:/bin' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [first] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
    assert.equal(JSON.parse(first.trim()).id, 'catalog');
    child.kill('SIGINT');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });
});
