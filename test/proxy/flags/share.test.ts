import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readFeatureSet } from '../../../proxy/flags/feature-set.ts';
import { askedShare, formatShare, parseShare, shareStrategy } from '../../../proxy/flags/share.ts';

describe('a share as people write it', () => {
  for (const [text, percent] of [
    ['0%', 0],
    ['0.01%', 0.01],
    ['0.1%', 0.1],
    ['0.29%', 0.29],
    ['1%', 1],
    ['10%', 10],
    ['100%', 100],
  ] as const) {
    test(`${text} is read and written back`, () => {
      assert.deepEqual(parseShare(text), { percent });
      assert.equal(formatShare(percent), text);
    });
  }

  for (const [text, problem] of [
    ['10', '"10" is no share: write 10% or 0.1%'],
    ['-1%', '"-1%" is no share: write 10% or 0.1%'],
    ['ten%', '"ten%" is no share: write 10% or 0.1%'],
    ['101%', '101% is not between 0% and 100%'],
    ['1.5%', '1.5% is not whole: from 1% up a share has whole percents'],
    ['0.001%', '0.001% is too fine: below 1% a share has hundredths of a percent'],
  ] as const) {
    test(`${text} is refused`, () => assert.deepEqual(parseShare(text), { problem }));
  }
});

test('a share from 1 % up is one gradual rollout', () => {
  assert.deepEqual(shareStrategy('catalog', 'serve', 25), {
    name: 'flexibleRollout',
    parameters: { rollout: '25', groupId: 'catalog', stickiness: 'userId' },
    constraints: [],
  });
});

test('a share below 1 % is a rollout of 1 % with a constraint that every Unleash knows', () => {
  const { parameters, constraints } = shareStrategy('catalog', 'shadow', 0.29);
  assert.deepEqual(parameters, { rollout: '1', groupId: 'catalog.shadow', stickiness: 'requestId' });
  assert.deepEqual(constraints, [
    {
      contextName: 'ficusFineBucket',
      operator: 'NUM_LTE',
      value: '29',
      values: [],
      inverted: false,
      caseInsensitive: false,
    },
  ]);
});

describe('what a flag asks for', () => {
  const asked = (feature: Record<string, unknown>, name = 'catalog.serve', own?: { ownSession: boolean }) => {
    const read = readFeatureSet({ features: [{ name, enabled: true, strategies: [], ...feature }] });
    if (!read.ok) assert.fail(read.problems.join());
    return askedShare(read.set, name, own);
  };
  const ours = (percent: number) => shareStrategy('catalog', 'serve', percent);
  const onlyAlice = [{ contextName: 'userId', operator: 'IN', values: ['alice'] }];
  const plain = (percent: number) => ({ percent, constrained: false, notes: [] });

  test('is what setting a share made it ask for', () => {
    for (const percent of [0, 0.01, 0.1, 0.57, 1, 33, 100]) {
      assert.deepEqual(asked({ strategies: [ours(percent)] }), plain(percent));
    }
  });

  test('is nothing when it is unknown or off', () => {
    assert.deepEqual(askedShare({ version: 2, features: [], segments: [] }, 'x.serve'), plain(0));
    assert.deepEqual(asked({ enabled: false, strategies: [ours(50)] }), plain(0));
  });

  test('is everything without strategies, and with the default one', () => {
    assert.deepEqual(asked({}), plain(100));
    assert.deepEqual(asked({ strategies: [{ name: 'default' }] }), plain(100));
  });

  test('is the largest of its strategies', () => {
    assert.deepEqual(asked({ strategies: [ours(5), ours(20), ours(0.5)] }), plain(20));
  });

  test('is constrained when the largest is', () => {
    const forAlice = { ...ours(100), constraints: onlyAlice };
    assert.deepEqual(asked({ strategies: [ours(5), forAlice] }), { ...plain(100), constrained: true });
    assert.deepEqual(asked({ strategies: [ours(100), forAlice] }), plain(100));
    assert.equal(asked({ strategies: [{ ...ours(10), segments: [1] }] }).constrained, true);
  });

  test('is constrained for a list of users', () => {
    const named = { name: 'userWithId', parameters: { userIds: 'alice' } };
    assert.deepEqual(asked({ strategies: [named] }), { ...plain(100), constrained: true });
  });

  test('keeps the fine bucket apart from other constraints', () => {
    const fine = ours(0.1);
    const { percent, constrained } = asked({
      strategies: [{ ...fine, constraints: [...fine.constraints, ...onlyAlice] }],
    });
    assert.deepEqual({ percent, constrained }, { percent: 0.1, constrained: true });
    const { constraints } = fine;
    assert.deepEqual(asked({ strategies: [{ ...ours(50), constraints }] }), {
      ...plain(50),
      constrained: true,
    });
  });

  test('is noted when its buckets are not those of the cap', () => {
    const parameters = { rollout: '10', groupId: 'catalog.serve', stickiness: 'default' };
    const { percent, notes } = asked({ strategies: [{ name: 'flexibleRollout', parameters }] });
    assert.equal(percent, 10);
    assert.deepEqual(notes, [
      'The flag catalog.serve has the groupId "catalog.serve" instead of "catalog": it asks for other users than the cap lets in.',
    ]);
  });

  test('is noted when it goes by sessions that are not what users are recognised by', () => {
    const parameters = { rollout: '10', groupId: 'catalog', stickiness: 'sessionId' };
    const notesFor = (ownSession: boolean) =>
      asked({ strategies: [{ name: 'flexibleRollout', parameters }] }, 'catalog.serve', { ownSession }).notes;
    assert.deepEqual(notesFor(false), []);
    assert.deepEqual(notesFor(true), [
      'The flag catalog.serve has the stickiness "sessionId" instead of "userId": it asks for other users than the cap lets in.',
    ]);
  });

  test('is noted when it goes by what requests do not have', () => {
    const parameters = { rollout: '10', groupId: 'x', stickiness: 'userId' };
    const { notes } = asked({ strategies: [{ name: 'flexibleRollout', parameters }] }, 'catalog.shadow');
    assert.deepEqual(notes, [
      'The flag catalog.shadow has the stickiness "userId" instead of "requestId": it may find nothing to sample by.',
    ]);
  });

  test('is nothing for a strategy that nobody knows, and noted', () => {
    const { percent, notes } = asked({ strategies: [{ name: 'byMoonPhase' }] });
    assert.equal(percent, 0);
    assert.deepEqual(notes, [
      'The flag catalog.serve has the strategy "byMoonPhase", which is unknown here and so is off.',
    ]);
  });

  test('is constrained by a flag that it depends on, and noted', () => {
    const { constrained, notes } = asked({ dependencies: [{ feature: 'parent' }] });
    assert.equal(constrained, true);
    assert.deepEqual(notes, ['The flag catalog.serve depends on parent.']);
  });
});
