import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { emptyFeatureSet, type FeatureSet } from '../../../proxy/flags/feature-set.ts';
import type { Changed, FlagStory } from '../../../proxy/flags/flag-source.ts';
import { type ForeignFlip, watchFlips } from '../../../proxy/flags/flip-watch.ts';
import { flipsBetween } from '../../../proxy/flags/flips.ts';
import { killFlag, killStrategy } from '../../../proxy/flags/kill-flag.ts';
import { shareStrategy } from '../../../proxy/flags/share.ts';
import { systemClock } from '../../../proxy/telemetry/clock.ts';
import { HeardLog } from './heard-log.ts';

const flag = 'catalog.serve';
const serving = (percent: number, changes: object = {}) => ({
  name: flag,
  enabled: percent > 0,
  strategies: [{ ...shareStrategy('catalog', 'serve', percent), ...changes }],
});
const setOf = (features: object[], segments: object[] = []): FeatureSet =>
  ({ ...emptyFeatureSet, features, segments }) as unknown as FeatureSet;
const isAlice = { contextName: 'userId', operator: 'IN', values: ['alice'], inverted: false };

describe('a flip', () => {
  const segmented = serving(25, { segments: [1] });
  const parent = (enabled: boolean) => ({ name: 'parent', enabled, strategies: [] });
  const child = { ...serving(25), dependencies: [{ feature: 'parent' }] };
  const cases: [string, FeatureSet, FeatureSet, [string, string, string[]][]][] = [
    ['is none where nothing changed', setOf([serving(5)]), setOf([serving(5)]), []],
    ['is none of ours where another flag changed', setOf([parent(true)]), setOf([parent(false)]), []],
    ['of a share', setOf([serving(5)]), setOf([serving(25)]), [['5%', '25%', ['strategies']]]],
    [
      'that turns off',
      setOf([serving(5)]),
      setOf([{ ...serving(5), enabled: false }]),
      [['5%', 'off', ['enabled']]],
    ],
    ['that makes a flag', setOf([]), setOf([serving(5)]), [['not there', '5%', ['the flag itself']]]],
    ['that takes a flag away', setOf([serving(5)]), setOf([]), [['5%', 'not there', ['the flag itself']]]],
    [
      'to some users only',
      setOf([serving(25)]),
      setOf([serving(25, { constraints: [isAlice] })]),
      [['25%', '25% of some users', ['strategies']]],
    ],
    [
      'of a segment that it rests on',
      setOf([segmented], [{ id: 1, constraints: [] }]),
      setOf([segmented], [{ id: 1, constraints: [isAlice] }]),
      [['25% of some users', '25% of some users', ['segment 1']]],
    ],
    [
      'of a flag that it depends on',
      setOf([child, parent(true)]),
      setOf([child, parent(false)]),
      [['25% of some users', '25% of some users', ['flag parent']]],
    ],
  ];
  for (const [name, before, after, expected] of cases) {
    test(name, () => {
      const flips = flipsBetween(before, after, [flag]);
      assert.deepEqual(
        flips.map(({ from, to, changed }) => [from, to, [...changed]]),
        expected,
      );
    });
  }

  test('of the kill switch is on or off', () => {
    const kill = { name: killFlag, enabled: true, strategies: [killStrategy] };
    const [flip] = flipsBetween(setOf([{ ...kill, enabled: false }]), setOf([kill]), [killFlag]);
    assert.deepEqual([flip?.from, flip?.to], ['off', 'on']);
  });
});

describe('the audit of flips', () => {
  function watch(
    t: TestContext,
    first: FeatureSet,
    { known = true, lastRun = undefined as FeatureSet | undefined } = {},
  ) {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const entries: ForeignFlip[] = [];
    const asked: Changed[] = [];
    const source = { set: first, known, story: { own: true } as FlagStory, tell: () => {} };
    const watching = watchFlips({
      flags: {
        current: () => source.set,
        known: () => source.known,
        lastRun: () => lastRun,
        onChange: (listener) => {
          source.tell = listener;
        },
        storyOf: async (changed) => {
          asked.push(changed);
          return source.story;
        },
        health: () => ({ source: 'unleash', up: true }),
      },
      migrations: () => ['catalog'],
      audit: (entry) => entries.push(entry),
      clock: systemClock,
      log: new HeardLog().log,
    });
    return {
      entries,
      asked,
      become(set: FeatureSet, story: FlagStory) {
        Object.assign(source, { set, story, known: true });
        source.tell();
      },
      async settled() {
        t.mock.timers.tick(3000);
        await watching.close();
      },
      close: () => watching.close(),
    };
  }
  const event = { id: 7, type: 'feature-strategy-update', by: 'alice', at: '2026-11-24T12:00:00.000Z' };
  const byAlice: FlagStory = { own: false, author: 'alice', at: event.at, events: [event] };

  test('names flag, from, to, author and when, a while after it was seen', async (t) => {
    const watched = watch(t, setOf([serving(5)]));
    watched.become(setOf([serving(25)]), byAlice);
    assert.deepEqual(watched.entries, []);
    await watched.settled();
    assert.deepEqual(watched.entries, [
      {
        at: event.at,
        actor: 'unleash:alice',
        action: 'flag-flipped',
        migration: 'catalog',
        reason: 'catalog.serve: 5% → 25%',
        detail: {
          flag,
          from: '5%',
          to: '25%',
          changed: ['strategies'],
          author: 'alice',
          source: 'unleash',
          events: [event],
        },
      },
    ]);
  });

  test('has nothing of what we did ourselves', async (t) => {
    const watched = watch(t, setOf([serving(5)]));
    watched.become(setOf([serving(25)]), { own: true });
    await watched.settled();
    assert.deepEqual(watched.entries, []);
  });

  test('has several flips in a row as one, from the first to the last', async (t) => {
    const watched = watch(t, setOf([serving(5)]));
    watched.become(setOf([serving(25)]), byAlice);
    watched.become(setOf([{ ...serving(25), enabled: false }]), byAlice);
    await watched.settled();
    assert.deepEqual(
      watched.entries.map(({ reason }) => reason),
      ['catalog.serve: 5% → off'],
    );
  });

  test('has a flip that was made while nobody looked, between two runs', async (t) => {
    const watched = watch(t, setOf([serving(25)]), { lastRun: setOf([serving(5)]) });
    watched.become(setOf([serving(25)]), byAlice);
    await watched.settled();
    assert.equal(watched.entries[0]?.reason, 'catalog.serve: 5% → 25%');
  });

  test('has nothing of the first flags ever seen', async (t) => {
    const watched = watch(t, emptyFeatureSet, { known: false });
    watched.become(setOf([serving(25)]), byAlice);
    await watched.settled();
    assert.deepEqual(watched.entries, []);
  });

  test('waits for who it was while that is in doubt, and then has it as one', async (t) => {
    const watched = watch(t, setOf([serving(5)]));
    watched.become(setOf([serving(25)]), { own: 'perhaps' });
    t.mock.timers.tick(3000);
    await new Promise(setImmediate);
    watched.become(setOf([serving(50)]), byAlice);
    await watched.settled();
    assert.deepEqual(
      watched.entries.map(({ reason }) => reason),
      ['catalog.serve: 5% → 50%'],
    );
  });

  test('asks for the author of what a flag rests on where only that has changed', async (t) => {
    const child = { ...serving(25, { segments: [1] }), dependencies: [{ feature: 'parent' }] };
    const parent = { name: 'parent', enabled: true, strategies: [] };
    const segment = { id: 1, constraints: [] };
    const watched = watch(t, setOf([child, parent], [segment]));
    watched.become(setOf([child, { ...parent, enabled: false }], [segment]), byAlice);
    await watched.settled();
    assert.deepEqual(watched.asked, [{ flag: 'parent' }]);
    watched.become(
      setOf([child, { ...parent, enabled: false }], [{ id: 1, constraints: [isAlice] }]),
      byAlice,
    );
    await watched.settled();
    assert.deepEqual(watched.asked, [{ flag: 'parent' }, { segment: 1 }]);
    assert.deepEqual(
      watched.entries.map(({ actor }) => actor),
      ['unleash:alice', 'unleash:alice'],
    );
  });

  test('has what was still settling when the process ends', async (t) => {
    const watched = watch(t, setOf([serving(5)]));
    watched.become(setOf([serving(25)]), byAlice);
    await watched.close();
    assert.equal(watched.entries.length, 1);
  });
});
