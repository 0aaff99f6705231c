import type { Express, NextFunction, Request, Response } from 'express';
import type { AdminDeps } from './admin-deps.ts';
import { AdminProblem } from './problem.ts';
import { actorOf } from './request-actor.ts';

/** Moves that go back or hold still (a drill does, and returns), and what is no move: nobody's revision stands in their way. */
const free: ReadonlySet<string> = new Set(['rollback', 'abort', 'pause', 'drill', 'verify', 'force']);

/**
 * Every forward move of a migration says which revision it was decided on (RFC 9110, section 13.1.1; RFC 6585,
 * section 3), so that of two operators at once the second learns what the first did. The one place for it,
 * before the routes.
 */
export function holdMovesToRevision(app: Express, { delivery, revisions }: AdminDeps): void {
  app.post('/api/migrations/:id/*move', async (request: Request, response: Response, next: NextFunction) => {
    const { id = '', move: steps } = request.params as { id?: string; move?: string[] };
    const move = steps?.join(' ') ?? '';
    // The route itself says what is not known.
    if (free.has(move) || !delivery.status(id)) return next();
    const expected = readIfMatch(request.get('if-match'), id, delivery.status(id)?.revision ?? 0);
    const claim = await revisions.claim({ migration: id, move, actor: actorOf(request).name }, expected);
    if ('conflict' in claim) {
      throw new AdminProblem('revision_conflict', claim.conflict.join(' '), { reasons: claim.conflict });
    }
    response.once('close', () => void claim.settle(response.statusCode < 300));
    next();
  });
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
