import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalogStatus, ordersStatus } from '../proxy/admin/sample-data.ts';
import { assertGolden } from './golden.ts';
import { runFicus, withEstate } from './run-ficus.ts';

const views: [name: string, args: string[], columns?: string][] = [
  ['status-80', ['status'], '80'],
  ['status-160', ['status'], '160'],
  ['status-unlimited', ['status']],
  ['status-one-80', ['status', 'catalog'], '80'],
  ['gate-80', ['gate', 'catalog'], '80'],
  ['gate-50', ['gate', 'catalog'], '50'],
  ['diffs-80', ['diffs', 'catalog'], '80'],
  ['diffs-unlimited', ['diffs', 'catalog']],
  ['diffs-signature-80', ['diffs', 'catalog', '--signature', '5f1c0a9be2d4'], '80'],
];
for (const [name, args, columns] of views) {
  test(`${args.join(' ')} in ${columns ?? 'any number of'} columns reads as it should`, async () => {
    await withEstate(
      async (ficus, estate) => {
        estate.migrations.set('orders', ordersStatus);
        const { stdout, stderr, exitCode } = await ficus(...args);
        assert.equal(stderr, '');
        assert.equal(exitCode, 0);
        assertGolden(name, stdout);
        const longest = Math.max(...stdout.split('\n').map((line) => [...line].length));
        assert.ok(longest <= Number(columns ?? Number.POSITIVE_INFINITY), `a line has ${longest} columns`);
      },
      columns === undefined ? {} : { COLUMNS: columns },
    );
  });
}

test('the list of commands reads as it should', async () => {
  const { stdout, exitCode } = await runFicus([]);
  assert.equal(exitCode, 0);
  assertGolden('help', stdout);
});

test('an open gate says which command takes the step', async () => {
  await withEstate(async (ficus, estate) => {
    estate.reasons = estate.reasons.filter(({ state }) => state === 'met');
    const { stdout } = await ficus('gate', 'catalog');
    assert.match(stdout, /the gate is open/);
    assert.match(stdout, /Next step: 25%, by `ficus promote catalog`\n$/);
    assert.doesNotMatch(stdout, /Still missing/);
  });
});

test('a gate behind which nothing is left says so', async () => {
  await withEstate(async (ficus, estate) => {
    const share = { asked: 100, allowed: 100, effective: 100 };
    estate.migrations.set('catalog', { ...catalogStatus, phase: 'service', share });
    assert.match((await ficus('gate', 'catalog')).stdout, /Next step: none/);
  });
});

test('nothing to list is said in words', async () => {
  await withEstate(async (ficus, estate) => {
    estate.signatures = [];
    assert.equal(
      (await ficus('diffs', 'catalog')).stdout,
      'No pair differs under the builds and rules of now.\n',
    );
    assert.equal((await ficus('audit')).stdout, 'Nothing has been moved yet.\n');
    estate.migrations.clear();
    assert.match((await ficus('status')).stdout, /^routes\.yaml names no migration/);
  });
});

test('a refused edit of routes.yaml is warned of beside the status, and leaves --json alone', async () => {
  await withEstate(async (ficus, estate) => {
    estate.configProblems = ['routes.yaml:14:9 migrations.billing.service "biling" is not an upstream'];
    const { stderr, exitCode } = await ficus('status');
    assert.equal(exitCode, 0);
    assert.match(stderr, /is refused, the one before is in force/);
    assert.match(stderr, /routes\.yaml:14:9/);
    const json = await ficus('status', '--json');
    assert.equal(json.stderr, '');
    assert.deepEqual(JSON.parse(json.stdout), { migrations: [catalogStatus] });
  });
});
