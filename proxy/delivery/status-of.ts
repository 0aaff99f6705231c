import { wilsonLowerBound } from '../evidence/wilson.ts';
import type { Migration } from '../routing/model.ts';
import { stepAfter } from './allowed-share.ts';
import type { Drift } from './daily-counts.ts';
import { guardTold } from './guard/guard-told.ts';
import { latchedGate } from './guard/latch.ts';
import type { GateAnswer, MigrationStatus, PairCounts, Phase, RampHold, RampStatus } from './model.ts';
import { toldOverride } from './override.ts';
import { type Standing, type StandingDeps, standingOf } from './standing.ts';
import type { TrafficHistory } from './traffic-history.ts';

/** Counted pairs of a migration under its present builds and rules. */
export interface PairTotals {
  readonly agreed: number;
  readonly differed: number;
  readonly incomparable: number;
}

export interface StatusDeps extends StandingDeps {
  readonly pairs: (migration: Migration) => PairTotals;
  readonly traffic: TrafficHistory;
  /** Pairs that were sent back to the monolith lately; absent: nobody counts them. */
  readonly drift?: (migration: string) => Drift;
}

/** Where a migration stands, for people. */
export function statusOf(deps: StatusDeps, migration: Migration): MigrationStatus {
  const standing = standingOf(deps, migration);
  const { asked, effective, shadowShare, gate, state, allowance, notes } = standing;
  const ramp = rampStatus(standing, deps.clock.now());
  return {
    id: migration.id,
    service: migration.service,
    ...(migration.owner === undefined ? {} : { owner: migration.owner }),
    phase: state.phase as Phase,
    since: state.phaseSince,
    share: { asked, allowed: state.phase === 'retired' ? 100 : allowance.allowed, effective },
    shadowShare,
    pairs: withBound(deps.pairs(migration)),
    builds: { monolith: gate.key.monolithBuild, service: gate.key.serviceBuild },
    traffic: deps.traffic.read(migration.id),
    gate: gate.state,
    ...guardTold(state, standing.latch),
    holds: state.phase === 'retired' ? notes : [...holdsOf(standing), ...notes],
    ...(ramp && { ramp }),
    ...(standing.detail.pause && { pause: standing.detail.pause }),
    ...(state.phase === 'service' && deps.drift ? { drift: driftOf(deps.drift(migration.id)) } : {}),
    ...(standing.detail.retired && { retired: standing.detail.retired }),
    ...toldOverride(state, deps.clock.now()),
    revision: state.revision,
  };
}

/** Every reason for and against the next step. */
export function gateOf(deps: StatusDeps, migration: Migration): GateAnswer {
  const standing = standingOf(deps, migration);
  const { gate, allowance, asked, effective, state, latch } = standing;
  const ramp = rampStatus(standing, deps.clock.now());
  return {
    ...(latch ? latchedGate(gate, latch) : gate),
    allowed: allowance.allowed,
    ...(effective < 100 ? { nextStep: stepAfter(migration.canary, effective) } : {}),
    asked,
    missing: holdsOf(standing),
    ...(ramp && { ramp }),
    ...toldOverride(state, deps.clock.now()),
  };
}

function holdsOf({ allowance, detail: { webhook } }: Standing): string[] {
  return [...allowance.holds, ...(webhook === undefined ? [] : [webhook])];
}

function rampStatus(standing: Standing, nowMs: number): RampStatus | undefined {
  const { migration, state, approvals } = standing;
  const { ramp } = standing.detail;
  if (!ramp || state.held) return undefined;
  const { from, to, since, by, reason } = ramp;
  const next = stepAfter(migration.canary, state.granted);
  return {
    ...{ from, to, since, by, reason },
    step: state.granted,
    ...(state.granted < 100 ? { next } : {}),
    ...(state.granted > 0 && { hold: holdOf(standing, nowMs) }),
    approvals: approvals.filter(({ before }) => before > state.granted && before <= Math.max(to, next)),
    waitsFor: holdsOf(standing),
  };
}

function holdOf({ migration: { canary }, state }: Standing, nowMs: number): RampHold {
  return {
    heldSeconds: Math.max(0, Math.round((nowMs - Date.parse(state.grantedAt)) / 1000)),
    holdSeconds: canary.holdMinutes * 60,
    requests: state.requestsSinceGrant,
    minRequests: canary.minRequests,
  };
}

function driftOf({ days, ...pairs }: Drift): PairCounts & { readonly days: number } {
  return { days, ...withBound(pairs) };
}

function withBound(pairs: PairTotals): PairCounts {
  const total = pairs.agreed + pairs.differed + pairs.incomparable;
  return total === 0 ? pairs : { ...pairs, agreementAtLeast: wilsonLowerBound(pairs.agreed, total) };
}
