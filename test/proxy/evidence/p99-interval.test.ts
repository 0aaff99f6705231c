import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { p99Interval, ratioInterval } from '../../../proxy/evidence/p99-interval.ts';
import { latencyBucket, latencyBuckets } from '../../../proxy/telemetry/latency.ts';
import { latencies } from './gate-samples.ts';

const meanMs = 10;
const trueP99 = meanMs * Math.log(100);

/** Latencies that are distributed exponentially, the same for the same seed (mulberry32). */
function sample(size: number, seed: number): number[] {
  const counts = new Array<number>(latencyBuckets).fill(0);
  let state = seed;
  for (let i = 0; i < size; i++) {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    const random = ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    counts[latencyBucket(-meanMs * Math.log(1 - random))]!++;
  }
  return counts;
}

describe('p99Interval', () => {
  for (const size of [100, 500, 2000]) {
    test(`Of ${size} latencies, it holds the true p99 in at least 97 of 100 samples`, () => {
      const intervals = Array.from({ length: 400 }, (_, seed) => p99Interval(sample(size, seed * 7919)));
      const holding = intervals.filter(({ low, high }) => low <= trueP99 && trueP99 <= high).length;
      assert.ok(holding >= 388, `${holding} of 400`);
    });
  }

  test('It has an upper end from 437 latencies on, where 0.99^n is under 1.25 %', () => {
    assert.equal(p99Interval(latencies(10, 436)).high, Number.POSITIVE_INFINITY);
    assert.ok(p99Interval(latencies(10, 437)).high < 11);
  });

  test('Its lower end needs no more than one latency: that is over the p99 in 1 of 100 cases only', () => {
    assert.ok(p99Interval(latencies(10, 1)).low > 9);
    const two = latencies(10, 1).map((count, bucket) => count + latencies(1000, 1)[bucket]!);
    assert.ok(p99Interval(two).low < 11);
  });

  test('Many latencies narrow it, and the way it is computed for very many goes on where the other ends', () => {
    const { low, high } = p99Interval(sample(20_000, 1));
    assert.ok(high / low < 1.25, `${low} to ${high}`);
    const shape = sample(2000, 3);
    const [exact, normal] = [50, 51].map((factor) => p99Interval(shape.map((count) => count * factor)));
    assert.ok(
      Math.abs(exact!.low / normal!.low - 1) < 0.05 && Math.abs(exact!.high / normal!.high - 1) < 0.05,
    );
  });

  test('Of nothing, nothing is known', () =>
    assert.deepEqual(p99Interval([]), { low: 0, high: Number.POSITIVE_INFINITY }));
});

test('The ratio of two services of equal speed has 1 in it, in at least 95 of 100 samples', () => {
  const holding = Array.from({ length: 300 }, (_, seed) =>
    ratioInterval(p99Interval(sample(1000, seed)), p99Interval(sample(1000, seed + 5_000_000))),
  ).filter(({ low, high }) => low <= 1 && 1 <= high).length;
  assert.ok(holding >= 285, `${holding} of 300`);
});
