import type { GateReport } from '../evidence/model.ts';
import { serveFlag, shadowFlag } from '../flags/flag-names.ts';
import type { FlagSource } from '../flags/flag-source.ts';
import { withRetired } from '../flags/retired.ts';
import { askedShare } from '../flags/share.ts';
import type { Migration } from '../routing/model.ts';
import type { MigrationStateRow } from '../store/model.ts';
import type { Clock } from '../telemetry/clock.ts';
import { type Allowance, allowedShare } from './allowed-share.ts';
import { type Latch, latchOf, latchSentence } from './guard/latch.ts';
import type { MigrationStates } from './migration-states.ts';
import type { Phase } from './model.ts';
import { grantedInForce, overridden } from './override.ts';
import type { ApprovalState } from './ramp/approvals.ts';
import { brakesOn, type Lead, withBrakes } from './ramp/brakes.ts';
import { type RampDetail, readRampDetail } from './ramp/detail.ts';

/** Where a migration stands at one moment: what is asked, what the evidence says, what was granted. */
export interface Standing {
  readonly migration: Migration;
  /** Percent, as the flags ask. */
  readonly asked: number;
  readonly shadowShare: number;
  readonly gate: GateReport;
  readonly state: MigrationStateRow;
  /** What the evidence says by itself. */
  readonly evidence: Allowance;
  /** The same under what slows a ramp. */
  readonly allowance: Allowance;
  /** Left by the guard; nothing is allowed while it is there. */
  readonly latch: Latch | undefined;
  readonly detail: RampDetail;
  readonly approvals: readonly ApprovalState[];
  /** Percent in force: the smaller of asked and granted. */
  readonly effective: number;
  /** Whether the flag asks for some users only, by constraints, segments or a list. */
  readonly constrained: boolean;
  /** The kill switch is on: nothing is in force, and nothing moves until it is off. */
  readonly killed: boolean;
  /** What is odd about the flag, in sentences. */
  readonly notes: readonly string[];
}

export interface StandingDeps {
  readonly flags: Pick<FlagSource, 'current' | 'known'>;
  readonly gate: (migration: Migration) => GateReport;
  readonly states: MigrationStates;
  /** Which replica takes steps forward. Absent: this one, there is no other. */
  readonly lead?: () => Lead;
  readonly clock: Clock;
  /** That the kill switch is on, in a sentence; undefined while it is off. */
  readonly killed?: () => string | undefined;
}

/** `held: false` asks how it would stand without what a roll back or a closed gate holds. */
export function standingOf(deps: StandingDeps, migration: Migration, as: { held?: boolean } = {}): Standing {
  const nowMs = deps.clock.now();
  const kept = deps.states.get(migration.id, new Date(nowMs).toISOString());
  const features = withRetired(deps.flags.current(), kept.phase === 'retired' ? [migration.id] : []);
  const ownSession = migration.flagContext?.sessionId !== undefined;
  const serve = askedShare(features, serveFlag(migration.id), { ownSession });
  const state = { ...kept, ...as };
  const gate = deps.gate(migration);
  const detail = readRampDetail(state.detail);
  const since = { ...state, grantedAtMs: Date.parse(state.grantedAt) };
  const byEvidence = allowedShare(migration.canary, gate, since, nowMs);
  const lead = deps.lead?.() ?? 'here';
  const brakes = brakesOn({ migration, granted: state.granted, detail, key: gate.key, lead, nowMs });
  // Whoever overrides the gate does not mean to wait for a window, or for a second person.
  const braked = overridden(withBrakes(byEvidence, brakes, state.granted), state, nowMs);
  const latch = latchOf(state);
  const latched = latch && { allowed: 0, holds: [latchSentence(migration.id, latch)], closed: false };
  const allowance: Allowance = latched ?? braked;
  const killed = deps.killed?.();
  return {
    migration,
    asked: serve.percent,
    shadowShare: askedShare(features, shadowFlag(migration.id)).percent,
    gate,
    state,
    latch,
    evidence: latched ?? overridden(byEvidence, state, nowMs),
    allowance:
      killed === undefined ? allowance : { ...allowance, allowed: 0, holds: [killed, ...allowance.holds] },
    detail,
    approvals: brakes.approvals,
    effective: killed === undefined ? Math.min(serve.percent, grantedInForce(state, nowMs)) : 0,
    killed: killed !== undefined,
    constrained: serve.constrained,
    notes: serve.constrained
      ? [
          ...serve.notes,
          `The flag ${serveFlag(migration.id)} asks for some users only (constraints, segments or a list).`,
        ]
      : serve.notes,
  };
}

/** Derived from what is in force with this much granted, so that it is true whoever flipped the flag. */
export function phaseOf(standing: Standing, granted: number): Phase {
  const { asked, migration, state, allowance, shadowShare } = standing;
  if (state.phase === 'retired') return 'retired';
  const effective = Math.min(asked, granted);
  if (effective >= 100 && !standing.constrained) {
    // The last step becomes the service phase once it has been held as long as the others.
    const { holdMinutes, minRequests } = migration.canary;
    const held = state.granted >= 100 && allowance.allowed >= 100 && allowance.holds.length === 0;
    return held || (holdMinutes === 0 && minRequests === 0) ? 'service' : 'canary';
  }
  if (effective > 0) return 'canary';
  return shadowShare > 0 ? 'shadow' : 'monolith';
}
