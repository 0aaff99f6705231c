import type { Express } from 'express';
import type { MovePreview } from '../delivery/preview/preview-move.ts';
import type { AdminDeps } from './admin-deps.ts';
import type { RouteList } from './api-types.ts';
import { knownMigration } from './known-migration.ts';

/** What traffic has shown, and whom a move would affect, before anybody makes it. From memory: answered without the store. */
export function addPreviewRoutes(app: Express, { delivery, preview, routes }: AdminDeps): void {
  app.get('/api/migrations/:id/preview', (request, response) => {
    const { id } = knownMigration(delivery, request.params.id);
    const asked = request.query['share'];
    const share = asked === undefined ? (delivery.gate(id)?.nextStep ?? 100) : Number(asked);
    response.json(preview(id, share) satisfies MovePreview);
  });

  app.get('/api/migrations/:id/routes', (request, response) => {
    const { id } = knownMigration(delivery, request.params.id);
    response.json({ migration: id, routes: routes(id) } satisfies RouteList);
  });
}
