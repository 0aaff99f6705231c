import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  addLatencies,
  latencyBucket,
  latencyBuckets,
  latencyPercentile,
} from '../../../proxy/telemetry/latency.ts';

function counted(latenciesMs: readonly number[]): number[] {
  const counts = new Array<number>(latencyBuckets).fill(0);
  for (const ms of latenciesMs) counts[latencyBucket(ms)]! += 1;
  return counts;
}

describe('latencies', () => {
  test('Any latency from 0.0625 ms to 131 s reads back within 2.2 %', () => {
    for (let ms = 0.0625; ms < 131_000; ms *= 1.013) {
      const read = latencyPercentile(counted([ms]), 0.99);
      assert.ok(Math.abs(read / ms - 1) < 0.0221, `${ms} read as ${read}`);
    }
  });

  test('Percentiles of 1 to 1,000 ms are where they should be', () => {
    const counts = counted(Array.from({ length: 1000 }, (_, i) => i + 1));
    for (const part of [0.5, 0.95, 0.99]) {
      assert.ok(Math.abs(latencyPercentile(counts, part) / (part * 1000) - 1) < 0.0221);
    }
  });

  test('One slow answer of a hundred is not in p99, two are', () => {
    const fast = new Array<number>(98).fill(10);
    assert.ok(latencyPercentile(counted([...fast, 10, 5000]), 0.99) < 11);
    assert.ok(latencyPercentile(counted([...fast, 5000, 5000]), 0.99) > 4000);
  });

  for (const ms of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e9]) {
    test(`${ms} ms has a bucket`, () => {
      const bucket = latencyBucket(ms);
      assert.ok(bucket >= 0 && bucket < latencyBuckets);
    });
  }

  test('Nothing counted reads as 0', () => assert.equal(latencyPercentile([], 0.99), 0));
  test('Counts of different lengths are added bucket by bucket', () =>
    assert.deepEqual(addLatencies([1, 2], [1, 0, 5]), [2, 2, 5]));
});
