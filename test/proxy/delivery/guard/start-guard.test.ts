import assert from 'node:assert/strict';
import { test } from 'node:test';
import pino from 'pino';
import type { MigrationDelivery } from '../../../../proxy/delivery/delivery.ts';
import type { Latch } from '../../../../proxy/delivery/guard/latch.ts';
import { startGuard } from '../../../../proxy/delivery/guard/start-guard.ts';
import type { MigrationStates } from '../../../../proxy/delivery/migration-states.ts';
import type { FlagSource } from '../../../../proxy/flags/flag-source.ts';
import { openRedis, type SharedRedis } from '../../../../proxy/store/redis.ts';
import { systemClock } from '../../../../proxy/telemetry/clock.ts';
import { startTestRedis } from '../../../support/redis.ts';
import { until } from '../../../support/until.ts';
import { snapshotOf } from '../../data-plane/test-estate.ts';
import { HeardLog } from '../../flags/heard-log.ts';

const log = pino({ level: 'silent' });

test('what the guard of one replica takes back, the others hear of and take back, too', async () => {
  const server = await startTestRedis();
  const { routing, features } = snapshotOf(
    { monolith: 1, service: 2, shares: {} },
    { serve: 25, cap: 25, shadow: 0 },
  );
  const replicas = await Promise.all(
    ['first', 'second'].map(async () => {
      const redis = await openRedis(server.url, log);
      const trips: { reason: string; heard: boolean }[] = [];
      const guardTripped = async (_: string, { reason }: Latch, heard = false): Promise<boolean> => {
        trips.push({ reason, heard });
        return true;
      };
      const running = startGuard({
        model: () => routing,
        flags: { current: () => features } as FlagSource,
        states: { get: () => ({ granted: 25 }) } as unknown as MigrationStates,
        delivery: { guardTripped } as unknown as MigrationDelivery,
        pairsLately: () => ({ requests: 0, bad: 0 }),
        redis,
        clock: systemClock,
        log,
      });
      return { ...running, redis, trips };
    }),
  );
  const [first, second] = replicas;
  try {
    await until('both are connected', () => replicas.every(({ redis }) => redis.health().up));
    await until('the second one has heard', () => {
      if (first!.trips.length < 200) first!.guard.workerTripped('catalog', 20, 100);
      return second!.trips.length > 0;
    });
    assert.deepEqual([first!.trips[0]!.heard, second!.trips[0]!.heard], [false, true]);
    assert.match(second!.trips[0]!.reason, /20 requests of the service in a row/);
    assert.ok(
      first!.trips.every(({ heard }) => !heard),
      'nobody hears of what they did themselves',
    );
    const before = second!.trips.length;
    await first!.redis.publish('ficus:guard', 'not a trip');
    await first!.redis.publish('ficus:guard', '{"replica":"x","migration":"catalog","latch":{}}');
    const last = JSON.stringify({
      replica: 'x',
      migration: 'catalog',
      latch: { ...latch, reason: 'the last' },
    });
    await first!.redis.publish('ficus:guard', last);
    await until('the last one is heard', () => second!.trips.at(-1)?.reason === 'the last');
    assert.ok(
      second!.trips
        .slice(before)
        .every(({ reason }) => reason.startsWith('A worker') || reason === 'the last'),
    );
  } finally {
    for (const { close, redis } of replicas) {
      close();
      redis.close();
    }
    await server.stop();
  }
});

test('a worker saw a service fail, what was granted is taken back whatever the flag asks by now, and nothing of what is retired', () => {
  const { routing, features } = snapshotOf(
    { monolith: 1, service: 2, shares: {} },
    { serve: 0, cap: 5, shadow: 0 },
  );
  let state = { granted: 5, phase: 'canary' };
  const trips: string[] = [];
  const { guard, close } = startGuard({
    model: () => routing,
    flags: { current: () => features } as FlagSource,
    states: { get: () => state } as unknown as MigrationStates,
    delivery: { guardTripped: async (id: string) => trips.push(id) > 0 } as unknown as MigrationDelivery,
    pairsLately: () => ({ requests: 0, bad: 0 }),
    redis: undefined,
    clock: systemClock,
    log,
  });
  close();
  guard.workerTripped('catalog', 20, 100);
  assert.deepEqual(trips, ['catalog']);
  for (const other of [
    { granted: 0, phase: 'canary' },
    { granted: 100, phase: 'retired' },
  ]) {
    state = other;
    guard.workerTripped('catalog', 20, 100);
  }
  assert.deepEqual(trips, ['catalog']);
});

test('counts cannot be shared for a while, that and its end are said once', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const heard = new HeardLog();
  const { routing, features } = snapshotOf(
    { monolith: 1, service: 2, shares: {} },
    { serve: 25, cap: 25, shadow: 0 },
  );
  let broken = true;
  const running = startGuard({
    model: () => routing,
    flags: { current: () => features } as FlagSource,
    states: { get: () => ({ granted: 25 }) } as unknown as MigrationStates,
    delivery: {} as MigrationDelivery,
    pairsLately: () => ({ requests: 0, bad: 0 }),
    redis: {
      subscribe() {},
      send: async (commands: readonly unknown[]) => {
        if (broken) throw new RangeError('too much');
        return commands.map(() => []);
      },
    } as unknown as SharedRedis,
    clock: systemClock,
    log: heard.log,
  });
  t.after(() => running.close());
  const seconds = async (count: number) => {
    for (let second = 0; second < count; second++) {
      t.mock.timers.tick(1000);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await seconds(3);
  broken = false;
  await seconds(3);
  assert.deepEqual(
    heard.lines.map(({ level, msg }) => [level, msg]),
    [
      [40, 'guard: goes by the counts of this replica alone'],
      [30, 'guard: counts of other replicas are heard again'],
    ],
  );
  assert.equal((heard.lines[0]!['err'] as Error).message, 'too much');
});

const latch: Latch = { at: '2026-11-20T09:00:00.000Z', kind: 'errors', reason: 'all of it', numbers: {} };
