import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findBad } from '../../../../proxy/delivery/guard/find-bad.ts';
import { SeenHistory } from '../../../../proxy/delivery/guard/seen-history.ts';
import { quantileDelays } from './delays.ts';
import { type Simulated, simulate, usualWatch } from './simulated-traffic.ts';

const day = 24 * 3600;
/** When a service that was well goes bad. */
const onset = 120;
const from =
  (before: number, after: number) =>
  (second: number): number =>
    second < onset ? before : after;
const steady = (rate: number) => () => rate;

const usual: Omit<Simulated, 'seed'> = {
  seconds: onset + 180,
  requestsPerSecond: steady(200),
  share: 0.25,
  service: steady(0.001),
  monolith: steady(0.001),
};

/** Seconds from the onset to the trip, over some seeds. */
function delays(traffic: Partial<Simulated>, seeds = 20): (number | undefined)[] {
  return Array.from({ length: seeds }, (_, seed) => {
    const trip = simulate({ ...usual, ...traffic, seed });
    return trip === undefined ? undefined : trip - onset + 1;
  });
}

describe('a service that goes bad, at 200 requests a second', () => {
  for (const share of [0.05, 0.25, 0.5, 0.9, 1]) {
    test(`answering 500 to everything with ${share * 100} % of the users is out within 3 s`, () => {
      for (const delay of delays({ share, service: from(0.001, 1) })) assert.ok(delay! <= 3, `${delay} s`);
    });
  }

  for (const share of [0.25, 0.5, 0.9, 1]) {
    test(`failing 3 % against 0.1 % with ${share * 100} % of the users is out within 60 s`, () => {
      for (const delay of delays({ share, service: from(0.001, 0.03) }))
        assert.ok(delay! <= 60, `${delay} s`);
    });
  }
});

describe('a service with few of 200 requests a second', () => {
  // What is asked of it is at the edge of what can be known: see docs/guard.md.
  const edges = [
    { share: 0.01, bad: 1, p50: 4, p95: 6 },
    { share: 0.05, bad: 1, p50: 2, p95: 3 },
    { share: 0.05, bad: 0.03, p50: 160, p95: 300 },
  ];
  for (const { share, bad, ...most } of edges) {
    test(`failing ${bad * 100} % with ${share * 100} % of the users is out as soon as that can be told`, (context) => {
      const { p50, p95 } = quantileDelays({ requestsPerSecond: 200, share, bad }, 40);
      context.diagnostic(`p50 ${p50.toFixed(1)} s, p95 ${p95.toFixed(1)} s`);
      assert.ok(p50 <= most.p50 && p95 <= most.p95, `${p50} s, ${p95} s`);
    });
  }
});

describe('a monolith that fails likewise', () => {
  for (const rate of [0.02, 0.2, 1]) {
    for (const share of [0.05, 0.5, 0.9]) {
      test(`${rate * 100} % of the time, with ${share * 100} % of the users at the service, is no alarm`, () => {
        const both = from(0.001, rate);
        assert.deepEqual(
          delays({ share, service: both, monolith: both, seconds: onset + 300 }, 4).filter(Boolean),
          [],
        );
      });
    }
  }

  test('on other paths, once it has no part of these, is no alarm either', () => {
    const both = from(0.001, 0.5);
    const trips = delays({ share: 1, service: both, elsewhere: both, seconds: onset + 900 }, 5);
    assert.deepEqual(trips.filter(Boolean), []);
  });

  test('but half as often as the service fails is an alarm', () => {
    const trips = delays({ service: from(0.001, 0.2), monolith: from(0.001, 0.05) }, 5);
    assert.ok(trips.every((delay) => delay! > 0));
  });
});

describe('24 hours of healthy traffic', () => {
  /** Busy by day, quiet by night; errors come in bouts, as they do. */
  const load = (second: number): number => 60 + 50 * Math.sin((second / day) * 2 * Math.PI);
  const bouts = (rate: number, every: number) => (second: number) =>
    second % every < 20 ? rate * 5 : rate * 0.7;

  const healthy: Readonly<Record<string, Partial<Simulated>>> = {
    'with 5 % of the users': { share: 0.05, service: bouts(0.002, 600), monolith: bouts(0.002, 600) },
    'with half of the users': { share: 0.5, service: bouts(0.002, 600), monolith: bouts(0.002, 600) },
    'with all users': { share: 1, service: bouts(0.002, 900), elsewhere: steady(0.002) },
    'with errors at just the rate that is allowed': {
      share: 0.25,
      service: steady(usualWatch.rate),
      monolith: steady(0.005),
    },
    'with twice the errors of a bad monolith': { share: 0.25, service: steady(0.06), monolith: steady(0.03) },
  };
  for (const [name, traffic] of Object.entries(healthy)) {
    test(`${name} rolls back nothing`, () => {
      const oneDay = { ...usual, ...traffic, seconds: day, requestsPerSecond: load, seed: 1 };
      assert.equal(simulate(oneDay), undefined);
    });
  }
});

describe('few requests', () => {
  test('that fail now and then, one of ten, are too few to say anything within ten minutes', () => {
    const trips = delays({ requestsPerSecond: steady(1), share: 0.1, service: steady(0.1), seconds: 600 }, 5);
    assert.deepEqual(trips.filter(Boolean), []);
  });

  test('that are one and the same, tried again three times by its client, are no alarm', () => {
    const histories = [new SeenHistory(600), new SeenHistory(600)] as const;
    const counted = (second: number, bad: boolean, monolith: number) => {
      const side = { requests: 1, bad: bad ? 1 : 0 };
      histories[0].add(second, { service: side, monolith: { requests: monolith, bad: 0 } });
      return findBad(...histories, second, usualWatch);
    };
    for (let second = 0; second < 1000; second++) counted(second, false, 100);
    for (let second = 1000; second < 1004; second++) assert.equal(counted(second, true, 100), undefined);
    for (let second = 1004; second < 1100; second++) assert.equal(counted(second, false, 100), undefined);
    // A fifth one is no longer the same request.
    for (let second = 1100; second < 1104; second++) assert.equal(counted(second, true, 100), undefined);
    assert.ok(counted(1104, true, 100));
  });

  test('of which most fail are enough from ten on', () => {
    const trips = delays({ requestsPerSecond: steady(8), service: from(0.001, 1) }, 5);
    for (const delay of trips) assert.ok(delay! >= 4 && delay! <= 15, `${delay} s`);
  });
});
