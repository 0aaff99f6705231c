import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import unleashUtil from 'unleash-client/lib/strategy/util.js';
import { coarseBucket, fineBucket, isWithinShare, murmur3 } from '../../../proxy/routing/bucket.ts';

const ids = Array.from({ length: 10_000 }, (_, i) => `user-${i}`);

describe('coarse bucket', () => {
  test('10,000 users have the very buckets that unleash-client gives them', () => {
    for (const id of ids) {
      assert.equal(coarseBucket('catalog', id), unleashUtil.normalizedStrategyValue(id, 'catalog'), id);
    }
  });

  const oddIds = [
    '',
    'a',
    'ab',
    'abc',
    'abcd',
    'café',
    'caf\u00c3\u00a9',
    '日本語',
    '😀',
    '\0',
    'x'.repeat(256),
  ];
  for (const id of oddIds) {
    test(`${JSON.stringify(id.slice(0, 20))} has the bucket that unleash-client gives it`, () => {
      assert.equal(coarseBucket('a:b', id), unleashUtil.normalizedStrategyValue(id, 'a:b'));
    });
  }

  test('two migrations bucket the same users differently', () => {
    const same = ids.filter((id) => coarseBucket('catalog', id) === coarseBucket('orders', id)).length;
    assert.ok(same < 200, `${same} of 10,000 in the same bucket`);
  });
});

test('murmur3 gives the published test values of MurmurHash3_x86_32', () => {
  assert.equal(murmur3('', 0), 0);
  assert.equal(murmur3('', 1), 0x514e28b7);
  assert.equal(murmur3('', 0xffffffff), 0x81f16f39);
  assert.equal(murmur3('test', 0), 0xba6bd213);
  assert.equal(murmur3('Hello, world!', 0x9747b28c), 0x24884cba);
  assert.equal(murmur3('The quick brown fox jumps over the lazy dog', 0x9747b28c), 0x2fa826cd);
});

describe('share', () => {
  const usersAt = (percent: number) => new Set(ids.filter((id) => isWithinShare(percent, 'catalog', id)));

  const ladder = [0, 0.01, 0.1, 0.29, 0.5, 0.99, 1, 2, 5, 25, 50, 99, 100];
  for (let i = 1; i < ladder.length; i++) {
    const [smaller, larger] = [ladder[i - 1]!, ladder[i]!];
    test(`everybody who is in at ${smaller} % is in at ${larger} %`, () => {
      assert.ok(usersAt(smaller).isSubsetOf(usersAt(larger)));
    });
  }

  for (const [percent, low, high] of [
    [0.1, 2, 25],
    [1, 70, 130],
    [5, 430, 570],
    [50, 4800, 5200],
  ] as const) {
    test(`${percent} % of 10,000 users are between ${low} and ${high}`, () => {
      const { size } = usersAt(percent);
      assert.ok(size >= low && size <= high, `${size} users`);
    });
  }

  test('nobody is in at 0 %, everybody at 100 %', () => {
    assert.equal(usersAt(0).size, 0);
    assert.equal(usersAt(100).size, ids.length);
  });

  for (const hundredths of [7, 14, 28, 29, 55, 56, 57, 58]) {
    test(`${hundredths / 100} % takes in fine bucket ${hundredths} and leaves out ${hundredths + 1}`, () => {
      // 0.29 * 100 is 28.999999999999996: the last bucket must not get lost in the arithmetic.
      const user = (bucket: number) => {
        for (let i = 0; ; i++) {
          const id = `fine-${i}`;
          if (coarseBucket('catalog', id) === 1 && fineBucket('catalog', id) === bucket) return id;
        }
      };
      assert.equal(isWithinShare(hundredths / 100, 'catalog', user(hundredths)), true);
      assert.equal(isWithinShare(hundredths / 100, 'catalog', user(hundredths + 1)), false);
    });
  }

  test('the fine bucket is independent of the coarse one', () => {
    const first = ids.filter((id) => coarseBucket('catalog', id) <= 10);
    const low = first.filter((id) => fineBucket('catalog', id) <= 50).length;
    assert.ok(Math.abs(low - first.length / 2) < first.length / 10, `${low} of ${first.length}`);
  });
});
