import type { Express } from 'express';
import { keptHours } from '../store/signature-hours.ts';
import type { AdminDeps } from './admin-deps.ts';
import type { SignatureHours } from './api-types.ts';
import { knownMigration } from './known-migration.ts';
import { AdminProblem } from './problem.ts';
import { readStore } from './read-store.ts';

/** How often a difference showed, hour by hour. */
export function addHourRoutes(app: Express, { delivery, reads, clock }: AdminDeps): void {
  app.get('/api/migrations/:id/signatures/:signature/hours', async (request, response) => {
    const { id } = knownMigration(delivery, request.params.id);
    const { signature } = request.params;
    const hours = Number(request.query['hours'] ?? keptHours);
    const since = new Date(clock.now() - hours * 3_600_000).toISOString();
    const listed = await readStore(() => reads.listSignatures(id));
    const about =
      listed.find((one) => one.signature === signature) ??
      (await readStore(() => reads.verdicts(id, signature)))[0];
    if (!about)
      throw new AdminProblem(
        'unknown_signature',
        `No pair of ${id} shows "${signature}" now, and nobody judged it.`,
      );
    response.json({
      hours: await readStore(() => reads.signatureHours(id, about, since)),
    } satisfies SignatureHours);
  });
}
