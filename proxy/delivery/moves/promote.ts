import { serveFlag } from '../../flags/flag-names.ts';
import { isForSomeUsers, shareProblem } from '../../flags/share.ts';
import type { Migration } from '../../routing/model.ts';
import { stepAfter } from '../allowed-share.ts';
import { latchSentence } from '../guard/latch.ts';
import { timesTakenBack } from '../migration-states.ts';
import type { Actor, MoveResult } from '../model.ts';
import { begunOverride, type OverrideOrder, overrideOf, overrideProblem } from '../override.ts';
import { type Standing, standingOf } from '../standing.ts';
import { type MoveKit, refused, unknown } from './move-kit.ts';

/**
 * Asks for a share. Without one it is the next step, which must be free now. With one the cap climbs there step by step,
 * as time, requests, the gate and whoever has a say let it. An override allows the share at once, for a time. A refused
 * promote writes no flag.
 */
export async function promote(
  kit: MoveKit,
  id: string,
  toPercent: number | undefined,
  actor: Actor,
  reason: string,
  override?: OverrideOrder,
): Promise<MoveResult> {
  const migration = kit.find(id);
  if (!migration) return unknown(id);
  const standing = standingOf(kit.deps, migration, { held: false });
  const { evidence, effective, state, gate } = standing;
  if (standing.latch && kit.deps.killed?.() === undefined)
    return refused('latched', [latchSentence(id, standing.latch)]);
  // The same share for longer.
  const renews =
    override !== undefined &&
    toPercent === effective &&
    overrideOf(state, kit.deps.clock.now()) !== undefined;
  const senseless = whySenseless(kit, standing, toPercent, renews);
  if (senseless) return senseless;
  const target = toPercent ?? stepAfter(migration.canary, effective);
  const isBeyond = renews || target > Math.max(evidence.allowed, state.granted);
  const noOverride = override && isBeyond ? overrideProblem(override, state, reason) : undefined;
  if (noOverride !== undefined) {
    kit.audit(actor, 'refused', id, reason, { action: 'override', to: target, reasons: [noOverride] });
    return refused('gate_refused', [noOverride]);
  }
  const mayClimb = toPercent !== undefined && gate.state === 'open';
  if (isBeyond && !override && !mayClimb) {
    const reasons = evidence.holds;
    kit.audit(actor, 'refused', id, reason, { action: 'promote', to: target, reasons });
    return refused('gate_refused', reasons);
  }
  const failed = await ask(kit, standing, target, actor, reason);
  if (failed) return failed;
  if (isBeyond && override) beginOverride(kit, standing, { target, override, actor, reason });
  else kit.audit(actor, 'promote', id, reason, { from: effective, to: target });
  await kit.untilAsked(migration, target);
  if (effective >= state.granted) await kit.untilGranted(migration, state.granted);
  const needless =
    override && !isBeyond ? ['The gate allows that: no override was needed, and none is in force.'] : [];
  const way = override ? '' : stepsBetween(migration, state.granted, target);
  const text = `${id}: ${migration.service} is asked to serve ${target} % of its users${way}.`;
  const result = kit.done(migration, text);
  return result.done ? { ...result, warnings: [...needless, ...result.warnings] } : result;
}

/** `, by way of 5 %, 25 %`, where steps are held. */
function stepsBetween({ canary }: Migration, from: number, to: number): string {
  const steps = canary.steps.filter((step) => step > from && step < to);
  const isHeld = canary.holdMinutes > 0 || canary.minRequests > 0;
  return isHeld && steps.length > 0 ? `, by way of ${steps.map((step) => `${step} %`).join(', ')}` : '';
}

function beginOverride(
  kit: MoveKit,
  { migration, state, effective, evidence }: Standing,
  order: {
    readonly target: number;
    readonly override: OverrideOrder;
    readonly actor: Actor;
    readonly reason: string;
  },
): void {
  const { target, override, actor, reason } = order;
  const nowMs = kit.deps.clock.now();
  const begun = begunOverride({ share: target, order: override, state, actor, reason, nowMs });
  kit.reconciler.change(migration, { held: false, detail: { override: begun } });
  const detail = { from: effective, to: target, until: begun.until, reasons: evidence.holds };
  kit.audit(actor, 'override', migration.id, reason, detail);
  kit.deps.log.warn(
    { migration: migration.id, actor: actor.name, reason, ...detail },
    'the gate is overridden',
  );
}

/** Why a promote makes no sense here, whatever the gate says. */
function whySenseless(
  kit: MoveKit,
  { migration, effective, detail }: Standing,
  toPercent: number | undefined,
  renews: boolean,
): MoveResult | undefined {
  const { id, canary } = migration;
  const killed = kit.deps.killed?.();
  if (killed !== undefined) return refused('gate_refused', [killed]);
  const problem = toPercent === undefined ? undefined : shareProblem(toPercent);
  if (problem !== undefined) return refused('invalid', [problem]);
  if (isForSomeUsers(kit.deps.flags.current(), serveFlag(id))) {
    const why = `The flag ${serveFlag(id)} is for some users only (constraints, segments or a list); promote would overwrite that.`;
    return refused('not_next_step', [`${why} Change it where it was made.`]);
  }
  if (effective >= 100 && !renews) return refused('not_next_step', [`${id} is at 100 % already.`]);
  if ((toPercent ?? stepAfter(canary, effective)) <= effective && !renews) {
    const back = `To go back: ficus rollback ${id} --reason …`;
    return refused('not_next_step', [`${id} is at ${effective} % already; promote goes forward. ${back}`]);
  }
  if (detail.pause) {
    const { by, reason: why } = detail.pause;
    return refused('not_now', [`${id} was paused by ${by} (${why}): ficus resume ${id} --reason … first.`]);
  }
  return undefined;
}

/**
 * The ramp is there before its flag is, so that whichever replica sees the flag first knows who asked. What a roll back
 * holds is let go only once the flag is written. Refused where it can't be, and where the migration was taken back
 * meanwhile, here or on another replica: then the flag is at 0 % again.
 */
async function ask(
  kit: MoveKit,
  { migration, state, effective: from }: Standing,
  to: number,
  actor: Actor,
  reason: string,
): Promise<MoveResult | undefined> {
  const { reconciler, deps } = kit;
  const { id } = migration;
  const since = reconciler.nowIso();
  const present = () => deps.states.get(id, since);
  const isTakenBack = () => timesTakenBack(present()) > timesTakenBack(state);
  const before = present().detail['ramp'];
  reconciler.change(migration, { detail: { ramp: { from, to, since, by: actor.name, reason } } });
  const failed = await kit.ask(migration, 'serve', to, actor, reason);
  await kit.seeOthers();
  if (isTakenBack()) {
    const why = `${id} was taken back while it was promoted, which wins: look at ficus audit, then promote it again.`;
    await kit.ask(migration, 'serve', 0, actor, `taken back while it was promoted (${reason})`);
    kit.audit(actor, 'refused', id, reason, { action: 'promote', to, reasons: [why] });
    return refused('not_now', [why]);
  }
  if (failed !== undefined) {
    reconciler.change(migration, { detail: { ramp: before } });
    return refused('flags_unavailable', [failed]);
  }
  if (present().held) reconciler.change(migration, { held: false });
  return undefined;
}
