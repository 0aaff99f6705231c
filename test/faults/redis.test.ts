import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { Redis } from 'ioredis';
import pino from 'pino';
import { parseRoutes } from '../../proxy/config/parse-routes.ts';
import { Guard } from '../../proxy/delivery/guard/guard.ts';
import { SharedCounts } from '../../proxy/delivery/guard/shared-counts.ts';
import { openRedis, REPLY_WITHIN_MS, retryDelayMs, type SharedRedis } from '../../proxy/store/redis.ts';
import { startTestRedis, type TestRedis } from '../support/redis.ts';
import { until } from '../support/until.ts';

const log = pino({ level: 'silent' });
const both = (requests: number, bad: number) => ({
  service: { requests, bad },
  monolith: { requests: 0, bad: 0 },
});

let server: TestRedis;
/** Not through the code under test. */
let operator: Redis;
let redis: SharedRedis;

before(async () => {
  server = await startTestRedis();
  operator = new Redis(server.url);
});

after(async () => {
  operator.disconnect();
  await server.stop();
});

beforeEach(async () => {
  redis = await openRedis(server.url, log);
  await until('redis is there', () => redis.health().up);
});

afterEach(() => redis.close());

async function refused(): Promise<{ error: string; ms: number }> {
  const startedAt = performance.now();
  const error = await redis.send([['HSET', 'a', 'b', 1]]).then(
    () => 'none',
    (error: Error) => error.message,
  );
  return { error, ms: performance.now() - startedAt };
}

async function comesBack(): Promise<void> {
  await until('redis is asked again', () =>
    redis.send([['PING']]).then(
      () => redis.health().up,
      () => false,
    ),
  );
}

describe('counts of replicas', () => {
  test('are added up by each, without its own, whatever is written twice', async () => {
    const [one, two, three] = ['one', 'two', 'three'].map((name) => new SharedCounts(redis, name));
    one!.add('catalog:errors', 1000, both(10, 1));
    two!.add('catalog:errors', 1000, both(20, 2));
    three!.add('catalog:errors', 999, both(30, 3));
    await Promise.all([one!.exchange([], 1000), two!.exchange([], 1000), three!.exchange([], 1000)]);
    one!.add('catalog:errors', 1000, both(5, 0));
    await one!.exchange([], 1001);
    const seen = await two!.exchange(['catalog:errors'], 1001);
    assert.deepEqual(
      seen.filter(({ others }) => others.service.requests > 0),
      [
        { subject: 'catalog:errors', second: 1000, others: both(15, 1) },
        { subject: 'catalog:errors', second: 999, others: both(30, 3) },
      ],
    );
  });

  test('are forgotten by Redis itself', async () => {
    const counts = new SharedCounts(redis, 'one');
    counts.add('orders:errors', 2000, both(1, 0));
    await counts.exchange([], 2000);
    const ttl = await operator.ttl('ficus:guard:orders:errors:2000');
    assert.ok(ttl > 0 && ttl <= 30, `${ttl} s`);
  });

  test('that could not be written are written with the next exchange', async () => {
    let isAway = true;
    const store = {
      send: (commands: Parameters<SharedRedis['send']>[0]) =>
        isAway ? Promise.reject(new Error('away')) : redis.send(commands),
    };
    const counts = new SharedCounts(store, 'one');
    counts.add('late:errors', 3000, both(7, 7));
    await assert.rejects(counts.exchange([], 3000));
    isAway = false;
    await counts.exchange([], 3001);
    const [seen] = await new SharedCounts(redis, 'two').exchange(['late:errors'], 3000);
    assert.deepEqual(seen!.others, both(7, 7));
  });
});

describe('the guards of two replicas', () => {
  const routes = `{ upstreams: { monolith: { url: http://m }, catalog: { url: http://c } }, default: monolith,
    migrations: { catalog: { service: catalog, routes: [GET /a] } } }`;
  const parsed = parseRoutes(routes, { file: 'routes.yaml', baseDir: '/' });
  assert.ok(parsed.ok);
  const { migrations } = parsed.model;
  const start = 1_764_000_000_000;

  function replica(name: string, shared: SharedCounts | undefined, from = start) {
    let nowMs = from;
    const trips: string[] = [];
    const guard = new Guard({
      migrations: () => migrations,
      granted: () => 25,
      share: () => 25,
      trip: (_, latch) => trips.push(latch.reason),
      ...(shared && { shared }),
      clock: { now: () => nowMs, monotonic: () => nowMs },
      log,
    });
    /** A second in which three requests of the service fail, and nine of the monolith don't. */
    const badSecond = ({ service = 3 } = {}) => {
      nowMs += 1000;
      const side = (requests: number, errors: number) => ({ requests, errors, latency: [requests] });
      guard.addReport({ catalog: { monolith: side(9, 0), service: side(service, service), fallbacks: 0 } });
    };
    return { name, guard, trips, badSecond };
  }

  test('see together what each alone has seen too little of', async () => {
    const alone = replica('alone', undefined);
    const pair = ['first', 'second'].map((name) => replica(name, new SharedCounts(redis, name)));
    for (let second = 0; second < 3; second++) {
      for (const one of [alone, ...pair]) one.badSecond();
      for (const { guard } of pair) await guard.exchange();
    }
    assert.deepEqual(alone.trips, []);
    assert.ok(
      pair.some(({ trips }) => /In \d s 1[0-9] of 1[0-9] requests of the service/.test(trips[0] ?? '')),
    );
  });

  test('see together that too many pairs differ', async () => {
    // Other seconds than those of the test before it: they are in the same Redis.
    const pair = ['first', 'second'].map((name) =>
      replica(name, new SharedCounts(redis, name), start + 3_600_000),
    );
    for (let second = 0; second < 2; second++) {
      for (const one of pair) {
        one.badSecond({ service: 0 });
        one.guard.addPairs('catalog', { requests: 15, bad: 6 });
      }
      for (const { guard } of pair) await guard.exchange();
    }
    assert.ok(
      pair.some(({ trips }) => /of (45|60) requests of the service .* differently/.test(trips[0] ?? '')),
      JSON.stringify(pair.map(({ trips }) => trips)),
    );
  });

  test('judge by themselves while Redis is away', async () => {
    const away = { send: () => Promise.reject(new Error('away')) };
    const one = replica('one', new SharedCounts(away, 'one'));
    for (let second = 0; second < 10; second++) {
      one.badSecond();
      await assert.rejects(one.guard.exchange(), /away/);
    }
    assert.match(one.trips[0] ?? '', /In \d+ s (\d+) of \1 requests/);
  });
});

test('what is published is heard by whoever subscribed', async () => {
  const heard = Promise.withResolvers<string>();
  const other = await openRedis(server.url, log);
  other.subscribe('news', heard.resolve);
  await until('somebody listens', async () => {
    const [, listeners] = (await operator.pubsub('NUMSUB', 'news')) as [string, number];
    return listeners === 1;
  });
  assert.equal(await redis.publish('news', 'it is out'), true);
  assert.equal(await heard.promise, 'it is out');
  other.close();
});

describe('a Redis that', () => {
  test('is not there at the start is found when it comes', async () => {
    const nowhere = await openRedis('redis://127.0.0.1:1', log);
    await until('it says so', () => /ECONNREFUSED/.test(nowhere.health().detail));
    assert.equal(await nowhere.publish('news', 'x'), false);
    nowhere.close();
  });

  test('stands still is waited for no longer than its time, and nothing is queued for it', async () => {
    process.kill(server.pid, 'SIGSTOP');
    try {
      const tries = await Promise.all([refused(), refused(), refused()]);
      for (const { error } of tries) assert.match(error, /timed out/i);
      await until('the connection is given up', async () => /Redis is /.test((await refused()).error));
      assert.equal(redis.health().up, false);
    } finally {
      process.kill(server.pid, 'SIGCONT');
    }
    await comesBack();
  });

  test('is a replica now (READONLY) refuses, and is asked again when it is a primary', async () => {
    await operator.replicaof('127.0.0.1', '1');
    try {
      assert.match((await refused()).error, /READONLY|away|Connection|Redis is/);
      assert.equal(redis.health().up, false);
    } finally {
      await operator.replicaof('NO', 'ONE');
    }
    await comesBack();
  });

  test('is started again and still loads its data (LOADING) refuses, and is asked again once it has them', async () => {
    await operator.mset(
      Array.from({ length: 1500 }, (_, index) => [`much:${index}`, 'x'.repeat(200)]).flat(),
    );
    await operator.config('SET', 'key-load-delay', '500');
    await operator.config('SET', 'loading-process-events-interval-bytes', '1024');
    // What a start does: all data are dropped and read again, for some seconds with that delay.
    const loaded = operator.call('DEBUG', 'RELOAD');
    try {
      await until('it says so', async () => /^LOADING/.test((await refused()).error));
      assert.match(redis.health().detail, /LOADING.*decides by itself/);
      assert.equal(redis.health().up, false);
    } finally {
      await loaded;
      await operator.config('SET', 'key-load-delay', '0');
      await operator.flushall();
    }
    await comesBack();
  });

  test('has no memory left (OOM) refuses writes, and takes them again', async () => {
    await operator.config('SET', 'maxmemory', '1');
    try {
      assert.match((await refused()).error, /OOM/);
      assert.match(redis.health().detail, /OOM.*decides by itself/);
    } finally {
      await operator.config('SET', 'maxmemory', '0');
    }
    assert.equal((await refused()).error, 'none');
    assert.equal(redis.health().up, true);
  });

  test('takes away the rights of its user goes on without, and comes back with them', async () => {
    const rights = [
      'on',
      '>secret',
      '~ficus:*',
      '&ficus:*',
      '+hset',
      '+hgetall',
      '+expire',
      '+publish',
      '+subscribe',
    ];
    await operator.call('ACL', 'SETUSER', 'ficus', ...rights);
    const least = await openRedis(server.url.replace('//', '//ficus:secret@'), log);
    try {
      const counts = new SharedCounts(least, 'least');
      counts.add('acl:errors', 4000, both(1, 1));
      await until('the least rights are enough', () =>
        counts.exchange(['acl:errors'], 4000).then(
          () => true,
          () => false,
        ),
      );
      await operator.call('ACL', 'SETUSER', 'ficus', '-hset');
      counts.add('acl:errors', 4000, both(1, 1));
      await assert.rejects(counts.exchange([], 4000), /NOPERM/);
      await operator.call('ACL', 'DELUSER', 'ficus');
      await until('it is refused', () => !least.health().up);
      await operator.call('ACL', 'SETUSER', 'ficus', ...rights);
      await until(
        'it is let in again',
        () =>
          counts.exchange([], 4000).then(
            () => true,
            () => false,
          ),
        15_000,
      );
    } finally {
      least.close();
      await operator.call('ACL', 'DELUSER', 'ficus');
    }
  });
});

test('connections are made again at times of their own, at most every 2.5 to 5 s', () => {
  assert.equal(
    retryDelayMs(0, () => 0),
    50,
  );
  assert.equal(
    retryDelayMs(0, () => 1),
    100,
  );
  assert.equal(
    retryDelayMs(50, () => 0),
    2500,
  );
  assert.equal(
    retryDelayMs(50, () => 1),
    5000,
  );
  assert.ok(REPLY_WITHIN_MS < 1000);
});
