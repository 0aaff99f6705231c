import type { Express } from 'express';
import type { AdminDeps } from './admin-deps.ts';
import type { KillOrder, KillStatus } from './api-types.ts';
import { AdminProblem } from './problem.ts';
import { actorOf } from './request-actor.ts';

/** The one switch that is every migration's. */
export function addKillRoutes(app: Express, { kill }: AdminDeps): void {
  app.get('/api/kill', (_request, response) => {
    response.json(kill.status() satisfies KillStatus);
  });

  app.post('/api/kill', async (request, response) => {
    const { on, reason }: KillOrder = request.body;
    const outcome = await kill.set(on, actorOf(request), reason);
    if (!outcome.done) {
      const { reasons } = outcome;
      throw new AdminProblem('flags_unavailable', reasons.join(' '), { reasons });
    }
    response.json(outcome.status satisfies KillStatus);
  });
}
