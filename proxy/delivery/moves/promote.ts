import { serveFlag } from '../../flags/flag-names.ts';
import { isForSomeUsers, shareProblem } from '../../flags/share.ts';
import type { Migration } from '../../routing/model.ts';
import { stepAfter } from '../allowed-share.ts';
import type { Actor, MoveResult } from '../model.ts';
import { standingOf } from '../standing.ts';
import { type MoveKit, refused, unknown } from './move-kit.ts';

/**
 * Asks for a share. Without one it is the next step, which must be free now. With one the cap climbs there step by step,
 * as time, requests, the gate and whoever has a say let it. A refused promote writes no flag.
 */
export async function promote(
  kit: MoveKit,
  id: string,
  toPercent: number | undefined,
  actor: Actor,
  reason: string,
): Promise<MoveResult> {
  const migration = kit.find(id);
  if (!migration) return unknown(id);
  const standing = standingOf(kit.deps, migration, { held: false });
  const { evidence, effective, state, gate, detail } = standing;
  const problem = toPercent === undefined ? undefined : shareProblem(toPercent);
  if (problem !== undefined) return refused('invalid', [problem]);
  const senseless = whySenseless(kit, migration, effective, toPercent);
  if (senseless !== undefined) return refused('not_next_step', [senseless]);
  if (detail.pause) {
    const { by, reason: why } = detail.pause;
    return refused('not_now', [`${id} was paused by ${by} (${why}): ficus resume ${id} --reason … first.`]);
  }
  const target = toPercent ?? stepAfter(migration.canary, effective);
  const mayClimb = toPercent !== undefined && gate.state === 'open';
  if (target > Math.max(evidence.allowed, state.granted) && !mayClimb) {
    const reasons = evidence.holds;
    kit.audit(actor, 'refused', id, reason, { action: 'promote', to: target, reasons });
    return refused('gate_refused', reasons);
  }
  const failed = await ask(kit, migration, { from: effective, to: target }, actor, reason);
  if (failed !== undefined) return refused('flags_unavailable', [failed]);
  kit.audit(actor, 'promote', id, reason, { from: effective, to: target });
  await kit.untilAsked(migration, target);
  if (effective >= state.granted) await kit.untilGranted(migration, state.granted);
  const steps = migration.canary.steps.filter((step) => step > state.granted && step < target);
  const isHeld = migration.canary.holdMinutes > 0 || migration.canary.minRequests > 0;
  const way = isHeld && steps.length > 0 ? `, by way of ${steps.map((step) => `${step} %`).join(', ')}` : '';
  return kit.done(migration, `${id}: ${migration.service} is asked to serve ${target} % of its users${way}.`);
}

function whySenseless(
  kit: MoveKit,
  { id, canary }: Migration,
  effective: number,
  toPercent: number | undefined,
): string | undefined {
  if (isForSomeUsers(kit.deps.flags.current(), serveFlag(id))) {
    const why = `The flag ${serveFlag(id)} is for some users only (constraints, segments or a list); promote would overwrite that.`;
    return `${why} Change it where it was made.`;
  }
  if (effective >= 100) return `${id} is at 100 % already.`;
  if ((toPercent ?? stepAfter(canary, effective)) > effective) return undefined;
  const back = `To go back: ficus rollback ${id} --reason …`;
  return `${id} is at ${effective} % already; promote goes forward. ${back}`;
}

/**
 * The ramp is there before its flag is, so that whichever replica sees the flag first knows who asked. What a roll back
 * holds is let go only once the flag is written. Returns why it is not.
 */
async function ask(
  kit: MoveKit,
  migration: Migration,
  { from, to }: { from: number; to: number },
  actor: Actor,
  reason: string,
): Promise<string | undefined> {
  const { reconciler, deps } = kit;
  const now = reconciler.nowIso();
  const before = deps.states.get(migration.id, now).detail['ramp'];
  reconciler.change(migration, { detail: { ramp: { from, to, since: now, by: actor.name, reason } } });
  const failed = await kit.ask(migration, 'serve', to, actor, reason);
  if (failed !== undefined) reconciler.change(migration, { detail: { ramp: before } });
  else if (deps.states.get(migration.id, now).held) reconciler.change(migration, { held: false });
  return failed;
}
