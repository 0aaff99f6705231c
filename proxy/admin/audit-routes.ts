import type { Express } from 'express';
import type { AdminDeps } from './admin-deps.ts';
import type { AuditCheck, AuditList } from './api-types.ts';
import { readStore } from './read-store.ts';

/** It reads every row there is. */
const verifyTimeoutMs = 60_000;

export function addAuditRoutes(app: Express, { reads }: AdminDeps): void {
  app.get('/api/audit', async (request, response) => {
    const limit = Number(request.query['limit'] ?? 50);
    const { before } = request.query;
    const page = { limit, ...(before !== undefined && { before: Number(before) }) };
    const entries = await readStore(() => reads.audit.list(page));
    response.json({ entries } satisfies AuditList);
  });

  app.get('/api/audit/verification', async (_request, response) => {
    const check: AuditCheck = await readStore(() => reads.audit.verify(), verifyTimeoutMs);
    response.json(check);
  });
}
