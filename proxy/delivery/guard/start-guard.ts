import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { PairsSeen } from '../../evidence/pairs-lately.ts';
import { serveFlag } from '../../flags/flag-names.ts';
import type { FlagSource } from '../../flags/flag-source.ts';
import { askedShare } from '../../flags/share.ts';
import type { Migration, RoutingModel } from '../../routing/model.ts';
import type { SharedRedis } from '../../store/redis.ts';
import type { Clock } from '../../telemetry/clock.ts';
import type { MigrationDelivery } from '../delivery.ts';
import type { MigrationStates } from '../migration-states.ts';
import { Guard } from './guard.ts';
import { type Latch, latchSchema } from './latch.ts';
import { SharedCounts } from './shared-counts.ts';

export interface StartGuardDeps {
  readonly model: () => RoutingModel;
  readonly flags: FlagSource;
  readonly states: MigrationStates;
  readonly delivery: MigrationDelivery;
  /** What was compared here since it was last asked. */
  readonly pairsLately: (migration: Migration) => PairsSeen;
  /** Undefined: this replica is alone, or each decides by its own counts. */
  readonly redis: SharedRedis | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface RunningGuard {
  readonly guard: Guard;
  close(): void;
}

const TICK_MS = 1000;
/** Where replicas tell each other what they took back. Only that: what is heard here can take back and never give. */
const CHANNEL = 'ficus:guard';

const tripSchema = z.object({ replica: z.string(), migration: z.string(), latch: latchSchema });

/** The guard of this process, with what it reads and whom it tells. */
export function startGuard(deps: StartGuardDeps): RunningGuard {
  const { model, flags, states, delivery, pairsLately, redis, clock, log } = deps;
  const replica = randomUUID();
  const granted = (id: string): number => {
    const { granted, phase } = states.get(id, new Date(clock.now()).toISOString());
    return phase === 'retired' ? 0 : granted;
  };
  const failed = (migration: string) => (error: unknown) =>
    log.error({ err: error, migration }, 'guard could not take it back');

  async function trip(migration: string, latch: Latch): Promise<void> {
    const tripped = delivery.guardTripped(migration, latch);
    // Told at once: the flag may take its time.
    void redis?.publish(CHANNEL, JSON.stringify({ replica, migration, latch }));
    await tripped;
  }
  const guard = new Guard({
    migrations: () => model().migrations,
    granted,
    share: (id) => Math.min(granted(id), askedShare(flags.current(), serveFlag(id)).percent),
    trip: (id, latch) => void trip(id, latch).catch(failed(id)),
    ...(redis && { shared: new SharedCounts(redis, replica) }),
    clock,
    log,
  });
  redis?.subscribe(CHANNEL, (message) => {
    const heard = readTrip(message);
    if (!heard || heard.replica === replica) return;
    log.error(
      { migration: heard.migration, replica: heard.replica },
      'guard of another replica took it back',
    );
    delivery.guardTripped(heard.migration, heard.latch, true).catch(failed(heard.migration));
  });

  const countPairs = (): void => {
    for (const migration of model().migrations) guard.addPairs(migration.id, pairsLately(migration));
  };
  let exchanging = false;
  let isAlone = false;
  const tick = (): void => {
    countPairs();
    if (!redis || exchanging) return;
    exchanging = true;
    // Counts of this replica alone go on; what is wrong may be Redis, or a bug here.
    guard
      .exchange()
      .then(
        () => {
          if (isAlone) log.info('guard: counts of other replicas are heard again');
          isAlone = false;
        },
        (error: unknown) => {
          if (!isAlone) log.warn({ err: error }, 'guard: goes by the counts of this replica alone');
          isAlone = true;
        },
      )
      .finally(() => {
        exchanging = false;
      });
  };
  const ticking = setInterval(() => {
    try {
      tick();
    } catch (error) {
      log.error({ err: error }, 'guard did not look');
    }
  }, TICK_MS);
  return { guard, close: () => clearInterval(ticking) };
}

function readTrip(message: string): z.infer<typeof tripSchema> | undefined {
  try {
    return tripSchema.parse(JSON.parse(message));
  } catch {
    return undefined;
  }
}
