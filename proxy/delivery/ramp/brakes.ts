import type { EvidenceKey } from '../../evidence/model.ts';
import type { Migration } from '../../routing/model.ts';
import { minuteText } from '../../telemetry/minute-text.ts';
import { type Allowance, stepAfter } from '../allowed-share.ts';
import { type ApprovalState, approvalStates, missingApproval } from './approvals.ts';
import type { RampDetail } from './detail.ts';
import { windowState, windowTime } from './windows.ts';

/**
 * Which replica takes the steps: this one, another one, or none, because nobody can be asked who does. Steps forward
 * need one that takes them; steps back need nobody.
 */
export type Lead = 'here' | 'elsewhere' | 'nobody';

export interface BrakeFacts {
  readonly migration: Pick<Migration, 'id' | 'canary'>;
  /** Percent granted now. */
  readonly granted: number;
  readonly detail: RampDetail;
  readonly key: EvidenceKey;
  readonly lead: Lead;
  readonly nowMs: number;
}

/** What slows a ramp though the evidence is good. It never takes anything back. */
export interface Brakes {
  /** Percent up to which steps may go now. */
  readonly ceiling: number;
  /** One sentence each; empty when the next step is free. */
  readonly reasons: readonly string[];
  readonly approvals: readonly ApprovalState[];
}

export function brakesOn({ migration, granted, detail, key, lead, nowMs }: BrakeFacts): Brakes {
  const { canary, id } = migration;
  const approvals = approvalStates(canary.approvals ?? [], detail.approvals, detail.ramp, key);
  const stopping: string[] = [];
  if (lead === 'nobody') {
    stopping.push(
      'No step forward is taken while Postgres is away, where replicas agree on who takes it; roll back needs nothing.',
    );
  }
  if (detail.pause) {
    const { by, since, reason } = detail.pause;
    const why = reason === '' ? '' : ` (${reason})`;
    stopping.push(`Paused by ${by} at ${minuteText(since)}${why}: ficus resume ${id} --reason … goes on.`);
  }
  const window = windowState(canary.windows, nowMs);
  if (canary.windows && !window.open) stopping.push(outside(canary.windows, window.opensAtMs));

  const missing = missingApproval(approvals, granted);
  const nextNeedsOne = missing !== undefined && stepAfter(canary, granted) >= missing.before;
  const reasons = [...stopping, ...(nextNeedsOne ? [approvalWanted(id, missing, detail)] : [])];
  const ceiling = missing === undefined ? 100 : stepBefore(canary, missing.before);
  return { ceiling: stopping.length > 0 ? granted : Math.max(granted, ceiling), reasons, approvals };
}

/** The evidence's allowance under the brakes. What is granted already stays. */
export function withBrakes(evidence: Allowance, brakes: Brakes, granted: number): Allowance {
  if (evidence.closed || granted >= 100) return evidence;
  const allowed = evidence.allowed > granted ? Math.min(evidence.allowed, brakes.ceiling) : evidence.allowed;
  return { ...evidence, allowed, holds: [...evidence.holds, ...brakes.reasons] };
}

function outside(
  windows: NonNullable<Migration['canary']['windows']>,
  opensAtMs: number | undefined,
): string {
  const next =
    opensAtMs === undefined ? 'none opens within two weeks' : `it goes on ${windowTime(windows, opensAtMs)}`;
  return `Steps are not taken at this time (canary.windows): ${next}.`;
}

function approvalWanted(id: string, { before, needed, given }: ApprovalState, { ramp }: RampDetail): string {
  const more = needed - given.length;
  const people = more === 1 ? 'one person' : `${more} people`;
  const other =
    ramp === undefined ? '' : ` other than ${ramp.by === 'flag' ? 'who raised the flag' : ramp.by}`;
  const already = given.length > 0 ? ` (${given.join(', ')} did)` : '';
  return `Before ${before} % it wants the approval of ${people}${other}${already}: ficus approve ${id} --reason …`;
}

/** The largest step below a share, 0 when there is none. */
function stepBefore(canary: Migration['canary'], share: number): number {
  return canary.steps.findLast((step) => step < share) ?? 0;
}
