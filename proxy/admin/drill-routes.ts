import type { Express } from 'express';
import type { AdminDeps } from './admin-deps.ts';
import type { DrillDone, DrillOrder } from './api-types.ts';
import { knownMigration } from './known-migration.ts';
import { AdminProblem } from './problem.ts';
import { actorOf } from './request-actor.ts';

/** The way back, measured. Answers when the share has been given again. */
export function addDrillRoutes(app: Express, { delivery, drill }: AdminDeps): void {
  app.post('/api/migrations/:id/drill', async (request, response) => {
    const { id } = knownMigration(delivery, request.params.id);
    const { reason, yes = false }: DrillOrder = request.body;
    const outcome = await drill(id, actorOf(request), reason, yes);
    if (!outcome.done) {
      throw new AdminProblem(outcome.code, outcome.reasons.join(' '), { reasons: outcome.reasons });
    }
    const { result, text, warnings } = outcome;
    response.json({ result, text, warnings } satisfies DrillDone);
  });
}
