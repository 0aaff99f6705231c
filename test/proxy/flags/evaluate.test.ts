import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createFlagEvaluator, type FlagContext } from '../../../proxy/flags/evaluate.ts';
import { readFeatureSet } from '../../../proxy/flags/feature-set.ts';
import { shareStrategy } from '../../../proxy/flags/share.ts';
import { fineBucket, isWithinShare } from '../../../proxy/routing/bucket.ts';

function evaluatorOf(...features: Record<string, unknown>[]) {
  return evaluatorOfSet({ version: 2, features });
}

function evaluatorOfSet(content: unknown) {
  const read = readFeatureSet(content);
  if (!read.ok) assert.fail(read.problems.join());
  return createFlagEvaluator(read.set);
}

const flag = (strategies: unknown[], more: Record<string, unknown> = {}) => ({
  name: 'catalog.serve',
  enabled: true,
  strategies,
  ...more,
});
const rollout = (percent: number, more: Record<string, unknown> = {}) => ({
  ...shareStrategy('catalog', 'serve', percent),
  ...more,
});
const isOn = (evaluator: ReturnType<typeof evaluatorOf>, context: FlagContext) =>
  evaluator.isOn('catalog.serve', context);

/** As the data plane makes it. */
const contextOf = (userId: string): FlagContext => ({
  userId,
  sessionId: userId,
  properties: { ficusFineBucket: String(fineBucket('catalog', userId)) },
});

describe('a flag', () => {
  test('that is unknown is off', () => {
    const evaluator = evaluatorOf();
    for (const name of ['catalog.serve', '__proto__', 'constructor', 'toString']) {
      assert.equal(evaluator.isOn(name, {}), false);
      assert.equal(evaluator.isOff(name), true);
      assert.equal(evaluator.isOnForAll(name), false);
    }
  });

  test('that is disabled is off, whatever its strategies', () => {
    const evaluator = evaluatorOf(flag([rollout(100)], { enabled: false }));
    assert.equal(isOn(evaluator, contextOf('1')), false);
    assert.equal(evaluator.isOff('catalog.serve'), true);
    assert.equal(evaluator.isOnForAll('catalog.serve'), false);
  });

  test('of 100 % is on also without a user', () => {
    const evaluator = evaluatorOf(flag([rollout(100)]));
    assert.equal(isOn(evaluator, {}), true);
    assert.equal(evaluator.isOnForAll('catalog.serve'), true);
    assert.equal(evaluator.isOff('catalog.serve'), false);
  });

  test('of 99 % is off without a user', () => {
    const evaluator = evaluatorOf(flag([rollout(99)]));
    assert.equal(isOn(evaluator, {}), false);
    assert.equal(evaluator.isOnForAll('catalog.serve'), false);
  });

  test('of 0 % is known to be off', () => {
    const evaluator = evaluatorOf(flag([rollout(0)]));
    assert.equal(evaluator.isOff('catalog.serve'), true);
    assert.equal(isOn(evaluator, contextOf('1')), false);
  });

  test('without strategies is on for all, as in Unleash', () => {
    assert.equal(evaluatorOf(flag([])).isOnForAll('catalog.serve'), true);
  });

  test('whose every strategy is disabled is off, as Unleash sends it', () => {
    assert.equal(evaluatorOf(flag([rollout(100, { disabled: true })])).isOff('catalog.serve'), true);
  });

  test('with an unknown strategy is off', () => {
    const evaluator = evaluatorOf(flag([{ name: 'byMoonPhase', parameters: {} }]));
    assert.equal(evaluator.isOff('catalog.serve'), true);
  });

  test('with variants is on or off by its strategies alone', () => {
    const variants = [{ name: 'a', weight: 1000, weightType: 'fix', overrides: [], stickiness: 'default' }];
    const on = evaluatorOf(flag([rollout(100, { variants })], { variants }));
    const half = evaluatorOf(flag([rollout(50, { variants })], { variants }));
    assert.equal(isOn(on, contextOf('1')), true);
    const plain = evaluatorOf(flag([rollout(50)]));
    for (let id = 0; id < 100; id++) {
      assert.equal(isOn(half, contextOf(`${id}`)), isOn(plain, contextOf(`${id}`)));
    }
  });
});

describe('shares', () => {
  const users = Array.from({ length: 20_000 }, (_, id) => `user-${id}`);
  const usersOf = (percent: number) => {
    const evaluator = evaluatorOf(flag([rollout(percent)]));
    return users.filter((user) => isOn(evaluator, contextOf(user)));
  };

  test("let in the same users as the cap's buckets do, also below 1 %", () => {
    for (const percent of [0.01, 0.1, 0.25, 0.99, 1, 5, 50, 99]) {
      const expected = users.filter((user) => isWithinShare(percent, 'catalog', user));
      assert.deepEqual(usersOf(percent), expected, `${percent} %`);
    }
  });

  test('grow by letting in more, never by putting one out', () => {
    let before: string[] = [];
    for (const percent of [0.1, 0.5, 1, 5, 25, 100]) {
      const now = usersOf(percent);
      const inNow = new Set(now);
      assert.ok(now.length > before.length && before.every((user) => inNow.has(user)), `${percent} %`);
      before = now;
    }
  });
});

describe('constraints', () => {
  const constraint = (contextName: string, operator: string, more: Record<string, unknown>) => ({
    contextName,
    operator,
    ...more,
  });

  test('keep a flag of 100 % from being on for all', () => {
    const only = [constraint('userId', 'IN', { values: ['alice'] })];
    const evaluator = evaluatorOf(flag([rollout(100, { constraints: only })]));
    assert.equal(evaluator.isOnForAll('catalog.serve'), false);
    assert.equal(isOn(evaluator, contextOf('alice')), true);
    assert.equal(isOn(evaluator, contextOf('bob')), false);
  });

  test('can be inverted, and all must hold', () => {
    const constraints = [
      constraint('userId', 'STR_STARTS_WITH', { values: ['a'] }),
      constraint('userId', 'IN', { values: ['alice'], inverted: true }),
    ];
    const evaluator = evaluatorOf(flag([rollout(100, { constraints })]));
    const who = ['alice', 'anna', 'bob'].filter((user) => isOn(evaluator, contextOf(user)));
    assert.deepEqual(who, ['anna']);
  });

  test('of a segment count, and a segment that is missing lets nobody in', () => {
    const feature = flag([rollout(100, { segments: [7] })]);
    const segment = { id: 7, constraints: [constraint('userId', 'IN', { values: ['alice'] })] };
    const evaluator = evaluatorOfSet({ version: 2, features: [feature], segments: [segment] });
    assert.equal(isOn(evaluator, contextOf('alice')), true);
    assert.equal(isOn(evaluator, contextOf('bob')), false);
    assert.equal(isOn(evaluatorOf(feature), contextOf('alice')), false);
  });

  test('of one strategy leave the others alone', () => {
    const evaluator = evaluatorOf(
      flag([{ name: 'userWithId', parameters: { userIds: 'alice, bob' } }, rollout(0)]),
    );
    assert.equal(isOn(evaluator, contextOf('bob')), true);
    assert.equal(isOn(evaluator, contextOf('carol')), false);
  });

  test('on the address are asked of it', () => {
    const office = [constraint('remoteAddress', 'IN_CIDR', { values: ['10.1.0.0/16'] })];
    const evaluator = evaluatorOf(flag([rollout(100, { constraints: office })]));
    assert.equal(isOn(evaluator, { userId: 'a', remoteAddress: '10.1.2.3' }), true);
    assert.equal(isOn(evaluator, { userId: 'a', remoteAddress: '10.2.2.3' }), false);
  });
});

test('a flag that depends on another is on only with it', () => {
  const child = flag([rollout(100)], { dependencies: [{ feature: 'parent', enabled: true }] });
  const parent = (enabled: boolean) => ({ name: 'parent', enabled, strategies: [] });
  assert.equal(isOn(evaluatorOf(child, parent(true)), contextOf('a')), true);
  assert.equal(isOn(evaluatorOf(child, parent(false)), contextOf('a')), false);
  assert.equal(isOn(evaluatorOf(child), contextOf('a')), false);
  assert.equal(evaluatorOf(child, parent(true)).isOnForAll('catalog.serve'), false);
});

test('a parameter that its strategy cannot take makes the flag off, not the request fail', () => {
  const evaluator = evaluatorOf(flag([{ name: 'userWithId', parameters: { userIds: 7 } }]));
  assert.equal(isOn(evaluator, contextOf('7')), false);
});

test('an evaluator holds nothing open', () => {
  const before = process.getActiveResourcesInfo().length;
  evaluatorOf(flag([rollout(50)]));
  assert.equal(process.getActiveResourcesInfo().length, before);
});
