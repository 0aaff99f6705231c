import type { Migration } from '../../routing/model.ts';
import type { Actor } from '../model.ts';
import type { Reconciler } from '../reconciler.ts';
import { type StandingDeps, standingOf } from '../standing.ts';
import type { Latch } from './latch.ts';

/** What moves are made of. */
export interface MoveParts {
  readonly deps: StandingDeps & { readonly onCapsChanged: () => void };
  readonly reconciler: Reconciler;
  /** Sets the serve flag; resolves to why it could not be set, or to undefined. */
  ask(migration: Migration, percent: number, actor: Actor, reason: string): Promise<string | undefined>;
  audit(
    actor: Actor,
    action: string,
    migration: string,
    reason: string,
    detail: Record<string, unknown>,
  ): void;
}

/** Who takes back what is bad. */
const guard: Actor = { name: 'guard' };

/**
 * Takes all of it back: at once in every worker, then in the flag, when that can be written. `heard`: another
 * replica did, and has told those who are to know. False where it was latched already.
 */
export async function takeBack(
  { deps, reconciler, ask, audit }: MoveParts,
  migration: Migration,
  latch: Latch,
  heard: boolean,
): Promise<boolean> {
  const { asked, effective, state, latch: before } = standingOf(deps, migration);
  // Where the monolith may have forgotten it, only a person goes back.
  if (before || state.phase === 'retired') return false;
  reconciler.change(migration, { granted: 0, held: true, detail: { latch } });
  deps.onCapsChanged();
  if (heard) return true;
  audit(guard, 'guard', migration.id, latch.reason, {
    from: effective,
    kind: latch.kind,
    ...latch.numbers,
  });
  if (asked > 0) await ask(migration, 0, guard, latch.reason);
  reconciler.reconcile();
  return true;
}

/** What the guard latched may be promoted again, from the first step on. False where nothing was latched. */
export function clearLatch(
  { deps, reconciler, audit }: MoveParts,
  migration: Migration,
  actor: Actor,
  reason: string,
): boolean {
  const { latch } = standingOf(deps, migration);
  if (!latch) return false;
  reconciler.change(migration, { detail: { latch: undefined } });
  audit(actor, 'guard-cleared', migration.id, reason, { trippedAt: latch.at, kind: latch.kind });
  return true;
}
