import type { Express } from 'express';
import type { AdminDeps } from './admin-deps.ts';
import type { VerdictDone, VerdictList, VerdictRequest } from './api-types.ts';
import { knownMigration } from './known-migration.ts';
import { AdminProblem } from './problem.ts';
import { readStore } from './read-store.ts';
import { actorOf } from './request-actor.ts';

/** What people decide on differences. The body has been held against openapi.yaml by then. */
export function addVerdictRoutes(app: Express, { delivery, reads, judge }: AdminDeps): void {
  app.get('/api/migrations/:id/verdicts', async (request, response) => {
    const { id } = knownMigration(delivery, request.params.id);
    const verdicts = await readStore(() => reads.standingVerdicts(id));
    response.json({ migration: id, verdicts } satisfies VerdictList);
  });

  app.post('/api/signatures/:signature/verdict', async (request, response) => {
    const { signature } = request.params;
    const { verdict, reason, owner, until }: VerdictRequest = request.body;
    const migration = await readStore(() => reads.migrationOf(signature));
    if (migration === undefined)
      throw new AdminProblem('unknown_signature', `Nothing has shown the signature "${signature}".`);
    const { id } = knownMigration(delivery, migration);
    const result = await readStore(() =>
      judge(id, {
        signature,
        verdict,
        reason,
        ...(owner !== undefined && { owner }),
        ...(until !== undefined && { until: new Date(until).toISOString() }),
        actor: actorOf(request).name,
      }),
    );
    if (!result.done) throw new AdminProblem('invalid', result.reason);
    const { place, route } = result.verdict;
    const text = `${place} of ${route}: ${verdict}, by ${result.verdict.owner}.`;
    response.json({ verdict: result.verdict, text } satisfies VerdictDone);
  });
}
