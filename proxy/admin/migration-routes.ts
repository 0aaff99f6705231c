import type { Express } from 'express';
import type { AdminDeps } from './admin-deps.ts';
import type { GateAnswer, MigrationList, MigrationStatus } from './api-types.ts';
import { revisionTag } from './hold-to-revision.ts';
import { knownMigration, refuseUnknown } from './known-migration.ts';

/** Where migrations stand, from memory: answered without the store. */
export function addMigrationRoutes(app: Express, { delivery }: AdminDeps): void {
  app.get('/api/migrations', (_request, response) => {
    response.json({ migrations: delivery.list() } satisfies MigrationList);
  });

  app.get('/api/migrations/:id', (request, response) => {
    const status: MigrationStatus = knownMigration(delivery, request.params.id);
    response.set('ETag', revisionTag(status.revision)).json(status);
  });

  app.get('/api/migrations/:id/gate', (request, response) => {
    const { id } = request.params;
    const answer: GateAnswer = delivery.gate(id) ?? refuseUnknown(delivery, id);
    response.json(answer);
  });
}
