import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { raceKeepAlive } from './keep-alive-race.ts';

/** `scripts/keep-alive-race.ts` does it with 100,000 requests for each. */
const REQUESTS = 1000;

describe('an upstream that closes idle connections as the next request arrives', () => {
  for (const keepAliveTimeoutMs of [1, 5, 20]) {
    test(`after ${keepAliveTimeoutMs} ms: no GET fails, no POST is done twice`, async () => {
      const { gets, posts } = await raceKeepAlive(keepAliveTimeoutMs, REQUESTS);
      assert.equal(gets['200'], (REQUESTS * 4) / 5);
      for (const outcome of Object.keys(posts)) assert.ok(outcome === '200' || outcome === '502', outcome);
    });
  }
});
