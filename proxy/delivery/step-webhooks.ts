import type { Logger } from 'pino';
import type { Migration, StepWebhook } from '../routing/model.ts';
import type { AuditEntry } from '../store/model.ts';
import type { Clock } from '../telemetry/clock.ts';
import type { Step, StepAnnouncer } from './ramp/step.ts';

/** Sends one signed POST; resolves to why it is no go, or undefined for a 2xx. Never rejects. */
export type PostWebhook = (webhook: StepWebhook, document: object) => Promise<string | undefined>;

export interface StepWebhooksDeps {
  readonly post: PostWebhook;
  /** Never throws and is never awaited. */
  readonly audit: (entry: AuditEntry) => void;
  /** Somebody answered: what waited for it may go on. */
  readonly onAnswered: () => void;
  readonly clock: Clock;
  readonly log: Logger;
  /** Waits between the tries of those who are told after a step. */
  readonly sleep: (ms: number) => Promise<void>;
}

interface Asking {
  readonly stepId: string;
  state: 'asking' | 'go' | 'waits';
  reason: string;
  tries: number;
  /** Monotonic. */
  retryAt: number;
}

const FIRST_RETRY_MS = 2000;
const LONGEST_RETRY_MS = 60_000;
const TRIES_AFTER = 4;

/**
 * Asks the webhooks before a step, in order, and tells those after it. Before: all must answer 2xx; anything else waits
 * and is asked again, later each time. After: tried a few times, and a failure takes nothing back; it is logged and
 * audited.
 */
export function createStepWebhooks(deps: StepWebhooksDeps): StepAnnouncer {
  const { clock, log } = deps;
  const asking = new Map<string, Asking>();

  return {
    before(migration, step) {
      const webhooks = migration.canary.webhooks?.before ?? [];
      if (webhooks.length === 0) return undefined;
      let current = asking.get(migration.id);
      if (current?.stepId !== step.id) {
        current = { stepId: step.id, state: 'waits', reason: '', tries: 0, retryAt: clock.monotonic() };
        asking.set(migration.id, current);
      }
      if (current.state === 'go') {
        asking.delete(migration.id);
        return undefined;
      }
      if (current.state === 'waits' && clock.monotonic() >= current.retryAt)
        void ask(migration, webhooks, step, current);
      return current.reason;
    },

    after(migration, step) {
      for (const webhook of migration.canary.webhooks?.after ?? []) void tell(migration, webhook, step);
    },
  };

  async function ask(
    migration: Migration,
    webhooks: readonly StepWebhook[],
    step: Step,
    current: Asking,
  ): Promise<void> {
    current.state = 'asking';
    current.tries++;
    const problem = await firstProblem(migration, webhooks, step);
    if (problem === undefined) {
      current.state = 'go';
    } else {
      current.state = 'waits';
      current.reason = `The webhook before the step to ${step.to} % says no: ${problem}. It is asked again.`;
      current.retryAt = clock.monotonic() + retryAfter(current.tries);
      log.warn({ migration: migration.id, step: step.id, problem }, 'a webhook holds a step');
    }
    if (asking.get(migration.id) === current) deps.onAnswered();
  }

  async function firstProblem(
    migration: Migration,
    webhooks: readonly StepWebhook[],
    step: Step,
  ): Promise<string | undefined> {
    for (const webhook of webhooks) {
      const problem = await deps.post(webhook, documentOf('before', migration, step));
      if (problem !== undefined) return `${originOf(webhook)} ${problem}`;
    }
    return undefined;
  }

  async function tell(migration: Migration, webhook: StepWebhook, step: Step): Promise<void> {
    let problem: string | undefined;
    for (let tries = 1; tries <= TRIES_AFTER; tries++) {
      problem = await deps.post(webhook, documentOf('after', migration, step));
      if (problem === undefined) return;
      if (tries < TRIES_AFTER) await deps.sleep(retryAfter(tries));
    }
    const reason = `the webhook after the step to ${step.to} % was not told: ${originOf(webhook)} ${problem}`;
    log.warn({ migration: migration.id, step: step.id, reason }, 'a webhook after a step failed');
    const at = new Date(clock.now()).toISOString();
    const detail = { step: step.id, from: step.from, to: step.to };
    deps.audit({ at, actor: 'ficus', action: 'webhook-failed', migration: migration.id, reason, detail });
  }
}

function documentOf(when: 'before' | 'after', migration: Migration, { id, from, to, gate }: Step): object {
  const { id: name, service, owner } = migration;
  return { id, when, migration: name, service, ...(owner && { owner }), from, to, gate };
}

function retryAfter(tries: number): number {
  return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (tries - 1));
}

/** Without path and query, which may hold a secret. */
const originOf = ({ url }: StepWebhook): string => new URL(url).origin;
