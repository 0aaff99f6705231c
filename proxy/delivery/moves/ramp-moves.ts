import type { Actor, MoveResult } from '../model.ts';
import { missingApproval } from '../ramp/approvals.ts';
import { type Approval, isAmongAskers, personOf, rampOver } from '../ramp/detail.ts';
import { standingOf } from '../standing.ts';
import { type MoveKit, refused, unknown } from './move-kit.ts';

/** No step forward until somebody resumes; what is granted stays, and going back stays possible. */
export async function pause(kit: MoveKit, id: string, actor: Actor, reason: string): Promise<MoveResult> {
  const migration = kit.find(id);
  if (!migration) return unknown(id);
  const { detail, effective, state } = standingOf(kit.deps, migration);
  if (detail.pause) return refused('not_now', [`${id} was paused by ${detail.pause.by} already.`]);
  if (state.granted >= 100) return refused('not_now', [`${id} is at 100 %: no step is left to wait with.`]);
  const since = kit.reconciler.nowIso();
  kit.reconciler.change(migration, { detail: { pause: { since, by: actor.name, reason } } });
  kit.audit(actor, 'pause', id, reason, { at: effective });
  return kit.done(migration, `${id}: stays at ${effective} % until somebody resumes.`);
}

export async function resume(kit: MoveKit, id: string, actor: Actor, reason: string): Promise<MoveResult> {
  const migration = kit.find(id);
  if (!migration) return unknown(id);
  const { detail, effective } = standingOf(kit.deps, migration);
  if (!detail.pause) return refused('not_now', [`${id} is not paused.`]);
  kit.reconciler.change(migration, { detail: { pause: undefined } });
  kit.audit(actor, 'resume', id, reason, { at: effective, pausedBy: detail.pause.by });
  return kit.done(migration, `${id}: may go on from ${effective} %.`);
}

/**
 * Ends the ramp: back to the share that it began from. As with a roll back the cap falls first; until the flag is seen to
 * be down a pause keeps it there; at 0 % it is held there anyhow, as after a roll back.
 */
export async function abort(kit: MoveKit, id: string, actor: Actor, reason: string): Promise<MoveResult> {
  const migration = kit.find(id);
  if (!migration) return unknown(id);
  const { asked, detail, effective, state } = standingOf(kit.deps, migration);
  const { ramp } = detail;
  if (!ramp || state.held) {
    const back = `ficus rollback ${id} --reason … goes back to the monolith.`;
    return refused('not_now', [`No ramp of ${id} is under way. ${back}`]);
  }
  const { from, to } = ramp;
  const since = kit.reconciler.nowIso();
  const pauseUntilSeen = { since, by: actor.name, reason: `aborted: ${reason}` };
  kit.reconciler.change(migration, {
    granted: Math.min(state.granted, from),
    held: from === 0,
    detail: from > 0 ? { ...rampOver, pause: pauseUntilSeen } : rampOver,
  });
  kit.deps.onCapsChanged();
  kit.audit(actor, 'abort', id, reason, { from: effective, to: from, asked: to });
  const problem = await kit.ask(migration, 'serve', from, actor, reason);
  const isSeen = problem === undefined && (await kit.untilAsked(migration, from));
  if (isSeen && from > 0) kit.reconciler.change(migration, { detail: { pause: undefined } });
  const warnings = isSeen
    ? []
    : [
        problem ?? `The flag ${id}.serve was set to ${from} %, and is not seen so yet.`,
        from > 0
          ? `${id} stays at ${from} %, paused, until somebody resumes.`
          : `The flag still asks for ${asked} %; the cap holds it at 0 % until the next promote.`,
      ];
  const to0 = from === 0 ? 'the monolith answers everybody' : `${migration.service} serves ${from} % again`;
  return kit.done(migration, `${id}: the way to ${to} % is off; ${to0}.`, warnings);
}

/** Says yes to the next step that wants somebody to. It counts for the builds and comparison rules of now. */
export async function approve(kit: MoveKit, id: string, actor: Actor, reason: string): Promise<MoveResult> {
  const migration = kit.find(id);
  if (!migration) return unknown(id);
  const { detail, approvals, state, gate } = standingOf(kit.deps, migration);
  const missing = missingApproval(approvals, state.granted);
  if (!missing) return refused('not_now', [`No step of ${id} waits for an approval.`]);
  const person = personOf(actor.name);
  if (detail.ramp && isAmongAskers(actor.name, detail.ramp.by)) {
    return refused('not_now', [`${person} asked for this ramp: somebody else must approve it.`]);
  }
  const { before, given, needed } = missing;
  if (given.includes(person)) {
    return refused('not_now', [`${person} approved the step to ${before} % already: ${needed} people must.`]);
  }
  const { serviceBuild, monolithBuild, rulesHash } = gate.key;
  const at = kit.reconciler.nowIso();
  const approval: Approval = { before, at, by: actor.name, reason, serviceBuild, monolithBuild, rulesHash };
  kit.reconciler.change(migration, { detail: { approvals: [...detail.approvals, approval] } });
  kit.audit(actor, 'approve', id, reason, { before, serviceBuild, monolithBuild, rulesHash });
  const more = needed - given.length - 1;
  const rest = more > 0 ? `; ${more} more must` : '';
  return kit.done(migration, `${id}: the step that reaches ${before} % is approved by ${person}${rest}.`);
}
