import type { Express, Request } from 'express';
import type { MoveResult } from '../delivery/model.ts';
import { defaultOverrideMs } from '../delivery/override.ts';
import type { AdminDeps } from './admin-deps.ts';
import type { MoveDone, PromoteOrder, ReasonOrder, ShadowOrder } from './api-types.ts';
import { heldToRevision } from './hold-to-revision.ts';
import { knownMigration } from './known-migration.ts';
import { requireRole } from './login/authorise.ts';
import { AdminProblem } from './problem.ts';
import { actorOf } from './request-actor.ts';

/** What moves migrations. Bodies have been held against openapi.yaml by then. */
export function addMoveRoutes(app: Express, deps: AdminDeps): void {
  const { delivery } = deps;
  app.post('/api/migrations/:id/shadow', async (request, response) => {
    const { id } = knownMigration(delivery, request.params.id);
    const { share, reason = '' }: ShadowOrder = request.body;
    const shadow = () => delivery.shadow(id, share, actorOf(request), reason);
    response.json(moved(await heldToRevision(deps, request, { migration: id, move: 'shadow' }, shadow)));
  });

  app.post('/api/migrations/:id/promote', async (request, response) => {
    const { id } = knownMigration(delivery, request.params.id);
    const { to, reason = '', override }: PromoteOrder = request.body ?? {};
    // Past the gate goes only who answers for it.
    if (override) requireRole(request, 'admin');
    const order = override && {
      forMs: override.forSeconds === undefined ? defaultOverrideMs : override.forSeconds * 1000,
    };
    const promote = () => delivery.promote(id, to, actorOf(request), reason, order);
    response.json(moved(await heldToRevision(deps, request, { migration: id, move: 'promote' }, promote)));
  });

  app.post('/api/migrations/:id/rollback', async (request, response) => {
    const { id } = knownMigration(delivery, request.params.id);
    const { reason }: ReasonOrder = request.body;
    response.json(moved(await delivery.rollback(id, actorOf(request), reason)));
  });

  for (const move of ['pause', 'abort'] as const) {
    app.post(`/api/migrations/:id/${move}`, async (request: Request<{ id: string }>, response) => {
      const { id } = knownMigration(delivery, request.params.id);
      const { reason }: ReasonOrder = request.body;
      response.json(moved(await delivery[move](id, actorOf(request), reason)));
    });
  }

  for (const move of ['resume', 'approve', 'retire'] as const) {
    app.post(`/api/migrations/:id/${move}`, async (request: Request<{ id: string }>, response) => {
      const { id } = knownMigration(delivery, request.params.id);
      const { reason }: ReasonOrder = request.body;
      const make = () => delivery[move](id, actorOf(request), reason);
      response.json(moved(await heldToRevision(deps, request, { migration: id, move }, make)));
    });
  }

  app.post('/api/migrations/:id/guard/clear', async (request, response) => {
    const { id } = knownMigration(delivery, request.params.id);
    const { reason }: ReasonOrder = request.body;
    const clear = () => delivery.clearGuard(id, actorOf(request), reason);
    response.json(moved(await heldToRevision(deps, request, { migration: id, move: 'guard clear' }, clear)));
  });
}

function moved(result: MoveResult): MoveDone {
  if (!result.done) {
    throw new AdminProblem(result.code, result.reasons.join(' '), { reasons: result.reasons });
  }
  const { status, text, warnings, deletable } = result;
  return { status, text, warnings, ...(deletable && { deletable }) };
}
