import { setTimeout as delay } from 'node:timers/promises';
import { DailyCounts } from '../delivery/daily-counts.ts';
import { type DeliveryDeps, MigrationDelivery } from '../delivery/delivery.ts';
import { createPostWebhook } from '../delivery/post-webhook.ts';
import { StepRequests } from '../delivery/step-requests.ts';
import { createStepWebhooks } from '../delivery/step-webhooks.ts';
import { locks } from '../store/advisory-locks.ts';
import type { Store } from '../store/open-store.ts';
import { holdSessionLock } from '../store/session-lock.ts';

export interface StartedDelivery {
  readonly delivery: MigrationDelivery;
  /** What each side answered, by day. */
  readonly daily: DailyCounts;
  /** What the service answered in the present step. */
  readonly stepRequests: StepRequests;
  close(): Promise<void>;
}

type OfDelivery = Omit<DeliveryDeps, 'lead' | 'steps' | 'drift' | 'countedDays'>;

/** What moves migrations, with who takes its steps, who is asked and told about them, and what is counted by day. */
export function startDelivery(
  deps: OfDelivery & {
    readonly databaseUrl: string | Promise<string>;
    readonly webhookKey: string | undefined;
    readonly store: Pick<Store, 'dailyCounts' | 'stepRequests' | 'available'>;
  },
): StartedDelivery {
  const { databaseUrl, webhookKey, store, ...ofDelivery } = deps;
  const { migrations, states, audit, onCapsChanged, clock, log } = ofDelivery;
  const daily = new DailyCounts({ store: store.dailyCounts, migrations, clock, log });
  const stepRequests = new StepRequests({
    store: { ...store.stepRequests, available: store.available },
    ...{ states, migrations, clock, log },
  });
  const lock = holdSessionLock({
    databaseUrl,
    key: locks.steps,
    // The last one may have moved, or taken back, what is not known here yet.
    async onTaken() {
      if (await states.syncWithStore()) onCapsChanged();
    },
    log,
  });
  const delivery: MigrationDelivery = new MigrationDelivery({
    ...ofDelivery,
    lead: () => lock.holder(),
    steps: createStepWebhooks({
      post: createPostWebhook({ key: webhookKey, clock }),
      onAnswered: () => delivery.reconcile(),
      sleep: (ms) => delay(ms, undefined, { ref: false }),
      ...{ audit, clock, log },
    }),
    drift: (migration) => daily.drift(migration),
    countedDays: (migration, days) => daily.countedDays(migration, days),
  });
  return {
    delivery,
    daily,
    stepRequests,
    async close() {
      await stepRequests.close();
      await lock.close();
      await daily.close();
    },
  };
}
