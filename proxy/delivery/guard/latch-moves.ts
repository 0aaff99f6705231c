import type { Migration } from '../../routing/model.ts';
import type { Actor } from '../model.ts';
import type { MoveKit } from '../moves/move-kit.ts';
import { standingOf } from '../standing.ts';
import type { Latch } from './latch.ts';

/** Who takes back what is bad. */
const guard: Actor = { name: 'guard' };

/**
 * Takes all of it back: at once in every worker, then in the flag, when that can be written. `heard`: another
 * replica did, and has told those who are to know. False where it was latched already.
 */
export async function takeBack(
  kit: MoveKit,
  migration: Migration,
  latch: Latch,
  heard: boolean,
): Promise<boolean> {
  const { effective, state, latch: before } = standingOf(kit.deps, migration);
  // Where the monolith may have forgotten it, only a person goes back.
  if (before || state.phase === 'retired') return false;
  kit.reconciler.change(migration, { granted: 0, held: true, detail: { latch } });
  kit.deps.onCapsChanged();
  if (heard) return true;
  kit.audit(guard, 'guard', migration.id, latch.reason, {
    from: effective,
    kind: latch.kind,
    ...latch.numbers,
  });
  await kit.ask(migration, 'serve', 0, guard, latch.reason);
  kit.reconciler.reconcile();
  return true;
}

/** What the guard latched may be promoted again, from the first step on. False where nothing was latched. */
export function clearLatch(kit: MoveKit, migration: Migration, actor: Actor, reason: string): boolean {
  const { latch } = standingOf(kit.deps, migration);
  if (!latch) return false;
  kit.reconciler.change(migration, { detail: { latch: undefined } });
  kit.audit(actor, 'guard-cleared', migration.id, reason, { trippedAt: latch.at, kind: latch.kind });
  return true;
}
