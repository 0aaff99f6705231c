import type { Logger } from 'pino';
import { serveFlag } from '../../flags/flag-names.ts';
import type { FlagSource } from '../../flags/flag-source.ts';
import { askedShare } from '../../flags/share.ts';
import type { RoutingModel } from '../../routing/model.ts';
import type { Clock } from '../../telemetry/clock.ts';
import type { MigrationDelivery } from '../delivery.ts';
import type { MigrationStates } from '../migration-states.ts';
import { Guard } from './guard.ts';

export interface StartGuardDeps {
  readonly model: () => RoutingModel;
  readonly flags: FlagSource;
  readonly states: MigrationStates;
  readonly delivery: MigrationDelivery;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The guard of this process, with what it reads and whom it tells. */
export function startGuard({ model, flags, states, delivery, clock, log }: StartGuardDeps): Guard {
  const granted = (id: string): number => states.get(id, new Date(clock.now()).toISOString()).granted;
  return new Guard({
    migrations: () => model().migrations,
    share: (id) => Math.min(granted(id), askedShare(flags.current(), serveFlag(id)).percent),
    trip(id, latch) {
      delivery
        .guardTripped(id, latch)
        .catch((error: unknown) => log.error({ err: error, migration: id }, 'guard could not take it back'));
    },
    clock,
    log,
  });
}
