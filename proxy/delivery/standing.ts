import type { GateReport } from '../evidence/model.ts';
import { serveFlag, shadowFlag } from '../flags/flag-names.ts';
import type { FlagSource } from '../flags/flag-source.ts';
import { askedShare } from '../flags/share.ts';
import type { Migration } from '../routing/model.ts';
import type { MigrationStateRow } from '../store/model.ts';
import type { Clock } from '../telemetry/clock.ts';
import { type Allowance, allowedShare } from './allowed-share.ts';
import { type Latch, latchOf, latchSentence } from './guard/latch.ts';
import type { MigrationStates } from './migration-states.ts';
import type { Phase } from './model.ts';
import { grantedInForce, overridden } from './override.ts';

/** Where a migration stands at one moment: what is asked, what the evidence says, what was granted. */
export interface Standing {
  readonly migration: Migration;
  /** Percent, as the flags ask. */
  readonly asked: number;
  readonly shadowShare: number;
  readonly gate: GateReport;
  readonly state: MigrationStateRow;
  readonly allowance: Allowance;
  /** Left by the guard; nothing is allowed while it is there. */
  readonly latch: Latch | undefined;
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
  readonly clock: Clock;
  /** That the kill switch is on, in a sentence; undefined while it is off. */
  readonly killed?: () => string | undefined;
}

/** `held: false` asks how it would stand without what a roll back or a closed gate holds. */
export function standingOf(deps: StandingDeps, migration: Migration, as: { held?: boolean } = {}): Standing {
  const nowMs = deps.clock.now();
  const features = deps.flags.current();
  const serve = askedShare(features, serveFlag(migration.id));
  const state = { ...deps.states.get(migration.id, new Date(nowMs).toISOString()), ...as };
  const gate = deps.gate(migration);
  const granted = { ...state, grantedAtMs: Date.parse(state.grantedAt) };
  const latch = latchOf(state);
  const killed = deps.killed?.();
  const allowance: Allowance = latch
    ? { allowed: 0, holds: [latchSentence(migration.id, latch)], closed: false }
    : overridden(allowedShare(migration.canary, gate, granted, nowMs), state, nowMs);
  return {
    migration,
    asked: serve.percent,
    shadowShare: askedShare(features, shadowFlag(migration.id)).percent,
    gate,
    state,
    latch,
    allowance:
      killed === undefined ? allowance : { ...allowance, allowed: 0, holds: [killed, ...allowance.holds] },
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
