import type { Express, Request } from 'express';
import type { MoveResult } from '../delivery/model.ts';
import type { AdminDeps } from './admin-deps.ts';
import type {
  ClearGuardOrder,
  MoveDone,
  PromoteOrder,
  ReasonOrder,
  RollbackOrder,
  ShadowOrder,
} from './api-types.ts';
import { knownMigration } from './known-migration.ts';
import { requireRole } from './login/authorise.ts';
import { AdminProblem } from './problem.ts';
import { actorOf } from './request-actor.ts';

/** What moves migrations. Bodies have been held against openapi.yaml by then. */
export function addMoveRoutes(app: Express, { delivery }: AdminDeps): void {
  app.post('/api/migrations/:id/shadow', async (request, response) => {
    const { id } = knownMigration(delivery, request.params.id);
    const { share, reason = '' }: ShadowOrder = request.body;
    response.json(moved(await delivery.shadow(id, share, actorOf(request), reason)));
  });

  app.post('/api/migrations/:id/promote', async (request, response) => {
    const { id } = knownMigration(delivery, request.params.id);
    const { to, reason = '', override }: PromoteOrder = request.body ?? {};
    // Past the gate goes only who answers for it.
    if (override) requireRole(request, 'admin');
    const order = override && { forMs: (override.forSeconds ?? 3600) * 1000 };
    response.json(moved(await delivery.promote(id, to, actorOf(request), reason, order)));
  });

  app.post('/api/migrations/:id/rollback', async (request, response) => {
    const { id } = knownMigration(delivery, request.params.id);
    const { reason }: RollbackOrder = request.body;
    response.json(moved(await delivery.rollback(id, actorOf(request), reason)));
  });

  for (const move of ['pause', 'resume', 'abort', 'approve', 'retire'] as const) {
    app.post(`/api/migrations/:id/${move}`, async (request: Request<{ id: string }>, response) => {
      const { id } = knownMigration(delivery, request.params.id);
      const { reason }: ReasonOrder = request.body;
      response.json(moved(await delivery[move](id, actorOf(request), reason)));
    });
  }
  app.post('/api/migrations/:id/guard/clear', async (request, response) => {
    const { id } = knownMigration(delivery, request.params.id);
    const { reason }: ClearGuardOrder = request.body;
    response.json(moved(await delivery.clearGuard(id, actorOf(request), reason)));
  });
}

function moved(result: MoveResult): MoveDone {
  if (!result.done) {
    throw new AdminProblem(result.code, result.reasons.join(' '), { reasons: result.reasons });
  }
  const { status, text, warnings, deletable } = result;
  return { status, text, warnings, ...(deletable && { deletable }) };
}
