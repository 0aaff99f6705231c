import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runHere, withEstate } from './run-ficus.ts';

const order = ['verdict', '5f1c0a9be2d4', '--as', 'expected', '--reason', 'prices get cents'];

test('verdict keeps what is decided; a day lasts until its end', async () => {
  await withEstate(async (ficus, estate) => {
    const { stdout, exitCode } = await ficus(...order, '--until', '2026-12-31', '--owner', 'qa');
    assert.equal(exitCode, 0);
    assert.equal(stdout, 'body:/price of GET /api/products/{productId}: expected, by qa.\n');
    assert.equal(estate.verdicts[0]?.until, '2026-12-31T23:59:59.999Z');
    assert.match(estate.verdicts[0]?.actor ?? '', /^cli:./);
  });
});

test('verdicts lists what is in force, or says that nothing is', async () => {
  await withEstate(async (ficus, estate) => {
    estate.verdicts = [];
    assert.match((await ficus('verdicts', 'catalog')).stdout, /Nothing was decided.*ficus diffs catalog/);
    await ficus(...order, '--until', '2026-12-31', '--owner', 'qa');
    const { stdout } = await ficus('verdicts', 'catalog');
    assert.match(stdout, /5f1c0a9be2d4 +expected +2026-12-31 .* qa .*body:\/price .*prices get cents/);
  });
});

const misused: readonly [args: string[], says: RegExp][] = [
  [order, /needs --until/],
  [[...order, '--until', '2026-02-30'], /is no date/],
  [['verdict', 'x', '--as', 'fine', '--reason', 'y'], /bug, expected or noise/],
  [['verdict', 'x', '--as', 'bug', '--reason', ' '], /needs --reason/],
];
for (const [args, says] of misused) {
  test(`${args.join(' ')} is wrong usage and says how to write it`, async () => {
    const { stderr, exitCode } = await runHere(args);
    assert.equal(exitCode, 2);
    assert.match(stderr, says);
  });
}

test('a date that is over is refused with exit 1', async () => {
  await withEstate(async (ficus) => {
    const { stderr, exitCode } = await ficus(...order, '--until', '2026-11-01');
    assert.equal(exitCode, 1);
    assert.match(stderr, /is over/);
  });
});
