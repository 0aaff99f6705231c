import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { type Cache, createLogger, createRedisCache } from '../../../extracted-services/service-kit/index.ts';
import { startTestRedis, type TestRedis } from '../../support/redis.ts';

let redis: TestRedis;
let cache: Cache;
let services = 0;
const logger = createLogger({ service: 'test', version: '0', level: 'silent' });

before(async () => {
  redis = await startTestRedis();
});
after(() => redis.stop());
beforeEach(async () => {
  cache = await openCache(redis.url);
});
afterEach(() => cache.close());

test('a value is loaded once', async () => {
  const load = counting();
  assert.deepEqual(await cache.remember('a', load), { number: 1 });
  assert.deepEqual(await keptValue(cache, 'a', load), { number: 1 });
  assert.equal(load.calls, 1);
});

test('after forgetAll, on this instance or one of another version, values are loaded again', async () => {
  const load = counting();
  const other = await openCache(redis.url, { service: `test-${services}`, version: '2' });
  await cache.remember('a', load);
  await other.forgetAll();
  assert.deepEqual(await cache.remember('a', load), { number: 2 });
  other.close();
});

test('forgetAll while a value is being loaded: that value is not kept', async () => {
  const load = counting();
  await cache.remember('a', async () => {
    const outdated = await load();
    await cache.forgetAll();
    return outdated;
  });
  assert.deepEqual(await cache.remember('a', load), { number: 2 });
});

test('a load that fails: the caller gets the error, and nothing is kept', async () => {
  await assert.rejects(
    cache.remember('a', () => Promise.reject(new Error('no database'))),
    /no database/,
  );
  assert.deepEqual(await cache.remember('a', counting()), { number: 1 });
});

test('Redis hangs: values are loaded without waiting for it, and what is forgotten meanwhile stays forgotten', async () => {
  const quick = await openCache(redis.url, { deadlineMs: 8 });
  const load = counting();
  await keptValue(quick, 'a', load);
  const forgotten = load.calls;
  process.kill(redis.pid, 'SIGSTOP');
  try {
    const startedMs = performance.now();
    assert.deepEqual(await quick.remember('a', load), { number: forgotten + 1 });
    await quick.forgetAll();
    // Most of these find the cache resting: with a deadline of its own for each they would take seconds.
    for (let i = 0; i < 500; i++) await quick.remember('a', load);
    const durationMs = performance.now() - startedMs;
    assert.ok(durationMs < 2000, `took ${durationMs} ms`);
  } finally {
    process.kill(redis.pid, 'SIGCONT');
  }
  await keptValue(quick, 'b', load);
  assert.notDeepEqual(await quick.remember('a', load), { number: forgotten });
  quick.close();
});

test('Redis goes away: values are loaded', async () => {
  const own = await startTestRedis();
  const lonely = await openCache(own.url);
  const load = counting();
  await own.stop();
  for (let i = 1; i <= 5; i++) assert.deepEqual(await lonely.remember('a', load), { number: i });
  await lonely.forgetAll();
  lonely.close();
});

test('no Redis at the address: values are loaded', async () => {
  const nowhere = createRedisCache({ ...options, redisUrl: 'redis://127.0.0.1:1', service: 'x' });
  assert.deepEqual(await nowhere.remember('a', counting()), { number: 1 });
  nowhere.close();
});

/** On a machine that is busy with other tests, only a test of the deadline may miss one. */
const options = { version: '1', ttlMs: 60_000, deadlineMs: 5000, restMs: 100, logger };

/** A cache that is connected: before that, it lets everything through. */
async function openCache(
  redisUrl: string,
  changed: { service?: string; version?: string; deadlineMs?: number } = {},
): Promise<Cache> {
  const opened = createRedisCache({ ...options, redisUrl, service: `test-${++services}`, ...changed });
  await keptValue(opened, 'connected', async () => performance.now());
  return opened;
}

/** Values are kept in the background: asks until it gets the same one twice. */
async function keptValue(asked: Cache, key: string, load: () => Promise<unknown>): Promise<unknown> {
  for (;;) {
    const value = await asked.remember(key, load);
    const again = await asked.remember(key, load);
    if (JSON.stringify(value) === JSON.stringify(again)) return value;
    await new Promise(setImmediate);
  }
}

function counting() {
  const load = async () => ({ number: ++load.calls });
  load.calls = 0;
  return load;
}
