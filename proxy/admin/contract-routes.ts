import type { Express } from 'express';
import type { AdminDeps } from './admin-deps.ts';
import type { ContractDraft, ContractReport } from './api-types.ts';
import { knownMigration } from './known-migration.ts';
import { AdminProblem } from './problem.ts';
import { readStore } from './read-store.ts';

/** What clients ask for and which pact has it; drafts of what none has. */
export function addContractRoutes(app: Express, { delivery, contracts }: AdminDeps): void {
  app.get('/api/migrations/:id/contracts', (request, response) => {
    const { id } = knownMigration(delivery, request.params.id);
    response.json({ migration: id, ...contracts.view(id) } satisfies ContractReport);
  });

  app.get('/api/migrations/:id/contracts/draft', async (request, response) => {
    const { id } = knownMigration(delivery, request.params.id);
    const { pair, use, consumer } = request.query as { pair?: string; use?: string; consumer?: string };
    const result = await readStore(() =>
      contracts.draft(id, { pair, use, consumer: consumer ?? 'a-client' }),
    );
    if (!result.done) {
      const code = result.why === 'unknown-pair' ? 'unknown_pair' : 'nothing_to_draft';
      throw new AdminProblem(code, `${result.reason}.`);
    }
    response.json(result.draft satisfies ContractDraft);
  });
}
