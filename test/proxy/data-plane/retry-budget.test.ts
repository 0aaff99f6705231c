import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RetryBudget } from '../../../proxy/data-plane/retry-budget.ts';
import { UpstreamPool } from '../../../proxy/data-plane/upstream-pool.ts';
import { systemClock } from '../../../proxy/telemetry/clock.ts';
import { ScriptedUpstream } from '../../support/scripted-upstream.ts';
import { sampleUpstream } from '../routing/sample-routing.ts';

/** How many second tries are granted at once, before one is refused. */
function granted(budget: RetryBudget, now: number): number {
  for (let count = 0; ; count++) if (!budget.spend(now)) return count;
}

function request(budget: RetryBudget, times: number): void {
  for (let i = 0; i < times; i++) budget.request();
}

describe('a retry budget', () => {
  test('of an upstream without traffic is ten a second, over ten seconds', () => {
    const budget = new RetryBudget(0);
    assert.equal(granted(budget, 0), 100);
    // Half of the window later half of what was spent is still remembered.
    assert.equal(granted(budget, 10_000), 0);
    assert.equal(granted(budget, 15_000), 50);
    assert.equal(granted(budget, 40_000), 100);
  });

  test('grows by a fifth of the requests', () => {
    const budget = new RetryBudget(0);
    request(budget, 1000);
    assert.equal(granted(budget, 5000), 300);
  });

  test('forgets requests with the window', () => {
    const budget = new RetryBudget(0);
    request(budget, 1000);
    assert.equal(granted(budget, 15_000), 200);
    assert.equal(granted(budget, 100_000), 100);
  });

  test('after a long silence does not hoard', () => {
    const budget = new RetryBudget(0);
    request(budget, 10_000);
    assert.equal(granted(budget, 1_000_000), 120);
  });
});

describe('room for fallbacks', () => {
  test('is there while three quarters of the connections are not in use, and no longer', async () => {
    await using upstream = await ScriptedUpstream.start(() => {});
    const pool = new UpstreamPool(
      sampleUpstream('monolith', upstream.port, { maxConnections: 4 }),
      systemClock,
    );
    const occupy = (): Promise<void> =>
      new Promise((connected, reject) =>
        pool.acquire({
          onConnection: () => connected(),
          onUnavailable: ({ detail }) => reject(new Error(detail)),
        }),
      );
    await occupy();
    await occupy();
    assert.equal(pool.mayTakeFallback(), true);
    await occupy();
    assert.equal(pool.mayTakeFallback(), false);
    assert.equal(pool.takeReport().refused.fallback, 1);
    pool.close();
  });

  test('is there for all of a burst that finds nothing connected yet', async () => {
    await using upstream = await ScriptedUpstream.start(() => {});
    const pool = new UpstreamPool(
      sampleUpstream('monolith', upstream.port, { maxConnections: 8 }),
      systemClock,
    );
    for (let i = 0; i < 6; i++) {
      assert.equal(pool.mayTakeFallback(), true);
      pool.acquire({ onConnection: () => {}, onUnavailable: () => {} });
    }
    assert.equal(pool.mayTakeFallback(), false);
    pool.close();
  });
});

test('a pool grants second tries by its budget and counts both', async () => {
  const pool = new UpstreamPool(sampleUpstream('monolith', 1), systemClock);
  let count = 0;
  while (pool.mayRetry()) count++;
  assert.equal(count, 100);
  const { retries, refused } = pool.takeReport();
  assert.deepEqual([retries, refused.retry], [100, 1]);
});
