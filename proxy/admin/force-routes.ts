import type { Express } from 'express';
import type { AdminDeps } from './admin-deps.ts';
import type { ForceGranted, ForceOrder } from './api-types.ts';
import { knownMigration } from './known-migration.ts';
import { AdminProblem } from './problem.ts';
import { actorOf } from './request-actor.ts';

const noKey =
  'FICUS_FORCE_KEY is not set, so no Ficus-Force can be signed: start with one, the same on every replica.';

/** Signed headers for QA. */
export function addForceRoutes(app: Express, { delivery, force }: AdminDeps): void {
  app.post('/api/migrations/:id/force', (request, response) => {
    const { id } = knownMigration(delivery, request.params.id);
    const { side, minutes, reason }: ForceOrder = request.body;
    const granted = force.grant(id, { side, minutes, reason }, actorOf(request));
    if (!granted) throw new AdminProblem('invalid', noKey);
    response.json(granted satisfies ForceGranted);
  });
}
