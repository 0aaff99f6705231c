import { createHash } from 'node:crypto';
import type { GateReport } from '../../evidence/model.ts';
import type { Migration } from '../../routing/model.ts';
import type { Standing } from '../standing.ts';
import type { Ramp } from './detail.ts';

/** One step forward, as webhooks are told of it. */
export interface Step {
  /** The same for every try and every replica, another one for every step. */
  readonly id: string;
  /** Percent. */
  readonly from: number;
  readonly to: number;
  readonly gate: Pick<GateReport, 'state' | 'key' | 'reasons'>;
}

/** Who is asked before a step and told after it. */
export interface StepAnnouncer {
  /** Why the step can't be taken now, empty while nobody has answered yet; undefined when it may. Never waits. */
  before(migration: Migration, step: Step): string | undefined;
  /** Never fails and is never awaited. */
  after(migration: Migration, step: Step): void;
}

/** The step to a share on the way of `ramp`, which began at another time for every way. */
export function stepOf({ migration, state, gate }: Standing, to: number, ramp: Ramp | undefined): Step {
  const from = state.granted;
  const begun = from === 0 ? ramp?.since : state.grantedAt;
  const text = JSON.stringify([migration.id, from, to, begun]);
  const id = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return { id, from, to, gate: { state: gate.state, key: gate.key, reasons: gate.reasons } };
}
