import type { Request } from 'express';
import type { MoveResult } from '../delivery/model.ts';
import type { AdminDeps } from './admin-deps.ts';
import { AdminProblem } from './problem.ts';
import { actorOf } from './request-actor.ts';

/**
 * Makes a forward move of a migration, which says which revision it was decided on (RFC 9110, section 13.1.1;
 * RFC 6585, section 3), so that of two operators at once the second learns what the first did. The claim lasts as
 * long as the move, whether its client still waits for it or not. Moves that go back or hold still don't come by
 * here: nobody's revision stands in their way.
 */
export async function heldToRevision(
  { delivery, revisions }: Pick<AdminDeps, 'delivery' | 'revisions'>,
  request: Request,
  { migration, move }: { readonly migration: string; readonly move: string },
  make: () => Promise<MoveResult>,
): Promise<MoveResult> {
  const present = delivery.status(migration)?.revision ?? 0;
  const expected = readIfMatch(request.get('if-match'), migration, present);
  const claim = await revisions.claim({ migration, move, actor: actorOf(request).name }, expected);
  if ('conflict' in claim) {
    throw new AdminProblem('revision_conflict', claim.conflict.join(' '), { reasons: claim.conflict });
  }
  let isDone = false;
  try {
    const result = await make();
    isDone = result.done;
    return result;
  } finally {
    await claim.settle(isDone);
  }
}

/** A revision as an entity tag. */
export function revisionTag(revision: number): string {
  return `"${revision}"`;
}

/** Undefined for `*`: whatever stands. */
function readIfMatch(text: string | undefined, id: string, present: number): number | undefined {
  if (text === undefined) {
    throw new AdminProblem(
      'revision_needed',
      `Send If-Match with the revision you decided on; ${id} is at ${revisionTag(present)} (GET /api/migrations/${id} has it as its ETag). If-Match: * takes whatever stands.`,
    );
  }
  if (text.trim() === '*') return undefined;
  const [, revision] = /^\s*"(\d{1,15})"\s*$/.exec(text) ?? [];
  if (revision === undefined)
    throw new AdminProblem(
      'invalid_request',
      `If-Match: must be one revision such as ${revisionTag(present)}, or *`,
    );
  return Number(revision);
}
