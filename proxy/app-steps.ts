import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { MigrationStates } from './delivery/migration-states.ts';
import { createPostWebhook } from './delivery/post-webhook.ts';
import type { Lead } from './delivery/ramp/brakes.ts';
import type { StepAnnouncer } from './delivery/ramp/step.ts';
import { createStepWebhooks } from './delivery/step-webhooks.ts';
import { locks } from './store/advisory-locks.ts';
import type { AuditEntry } from './store/model.ts';
import { holdSessionLock } from './store/session-lock.ts';
import type { Clock } from './telemetry/clock.ts';

/** Who takes the steps of ramps, and who is asked and told about them. */
export interface Steps {
  lead(): Lead;
  readonly announcer: StepAnnouncer;
  close(): Promise<void>;
}

export function startSteps(deps: {
  readonly databaseUrl: string | Promise<string>;
  readonly webhookKey: string | undefined;
  readonly states: MigrationStates;
  readonly audit: (entry: AuditEntry) => void;
  /** What another replica moved was taken over. */
  readonly onStates: () => void;
  readonly onAnswered: () => void;
  readonly clock: Clock;
  readonly log: Logger;
}): Steps {
  const { databaseUrl, webhookKey, states, audit, onStates, onAnswered, clock, log } = deps;
  const lock = holdSessionLock({
    databaseUrl,
    key: locks.steps,
    // The last one may have moved, or taken back, what is not known here yet.
    async onTaken() {
      if (await states.syncWithStore()) onStates();
    },
    log,
  });
  return {
    lead: () => lock.holder(),
    announcer: createStepWebhooks({
      post: createPostWebhook({ key: webhookKey, clock }),
      sleep: (ms) => delay(ms, undefined, { ref: false }),
      ...{ audit, onAnswered, clock, log },
    }),
    close: () => lock.close(),
  };
}
