import type { Actor, MoveResult } from '../model.ts';
import { standingOf } from '../standing.ts';
import { type MoveKit, unknown } from './move-kit.ts';

/** The cap falls first: it needs nothing but this process. The flag follows when it can be written. */
export async function rollback(kit: MoveKit, id: string, actor: Actor, reason: string): Promise<MoveResult> {
  const migration = kit.find(id);
  if (!migration) return unknown(id);
  const { asked, effective, state } = standingOf(kit.deps, migration);
  const wasRetired = state.phase === 'retired';
  kit.reconciler.change(migration, {
    granted: 0,
    held: true,
    detail: { retired: undefined },
    ...(wasRetired ? { phase: 'monolith' } : {}),
  });
  kit.deps.onCapsChanged();
  kit.audit(actor, 'rollback', id, reason, { from: effective });
  // Also where it is at 0 % as far as is known here: another replica may be raising it right now.
  const failed = await kit.ask(migration, 'serve', 0, actor, reason);
  const problem = asked > 0 ? failed : undefined;
  const warnings = [
    ...(wasRetired
      ? [`${id} was retired: the monolith answers again, as far as its handlers are still there.`]
      : []),
    ...(problem === undefined
      ? []
      : [problem, `The flag still asks for ${asked} %; the cap holds it at 0 % until the next promote.`]),
  ];
  return kit.done(migration, `${id}: the monolith answers everybody.`, warnings);
}
