import type { Logger } from 'pino';
import type { Clock } from '../telemetry/clock.ts';
import type { Database } from './database.ts';
import type { EvidenceStore } from './evidence.ts';
import type { PairLimits, PairStore } from './pairs.ts';
import type { SealedValueStore } from './sealed-values.ts';

const everyMs = 10_000;
const evidenceMaxAgeMs = 90 * 24 * 3_600_000;

/** Keeps the tables bounded. Two replicas that do it at once only do it twice. */
export function startRetention(deps: {
  readonly database: Pick<Database, 'available'>;
  readonly pairs: PairStore;
  readonly sealedValues: Pick<SealedValueStore, 'prune'>;
  readonly evidence: EvidenceStore;
  readonly pairLimits: PairLimits;
  readonly sealedMaxAgeDays: number;
  readonly log: Logger;
  readonly clock: Clock;
}): { stop(): void } {
  const { database, pairs, sealedValues, evidence, pairLimits, sealedMaxAgeDays, log, clock } = deps;
  let pruning = false;
  const timer = setInterval(() => void prune(), everyMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };

  async function prune(): Promise<void> {
    if (pruning || !database.available()) return;
    pruning = true;
    try {
      await pairs.prune(pairLimits);
      await sealedValues.prune(sealedMaxAgeDays);
      await evidence.prune(new Date(clock.now() - evidenceMaxAgeMs).toISOString());
    } catch (error) {
      log.warn({ err: error }, 'Old pairs and evidence could not be dropped; trying again soon');
    } finally {
      pruning = false;
    }
  }
}
