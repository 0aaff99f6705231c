import type { Express } from 'express';
import { z } from 'zod';
import type { AuditPage } from '../store/audit.ts';
import type { AdminDeps } from './admin-deps.ts';
import type { AuditCheck, AuditList } from './api-types.ts';
import { limitOf, pageOf, placeIn } from './pages.ts';
import { readStore } from './read-store.ts';

/** It reads every row there is. */
const verifyTimeoutMs = 60_000;
const rowPlace = z.number().int().positive();

export function addAuditRoutes(app: Express, { reads }: AdminDeps): void {
  app.get('/api/audit', async (request, response) => {
    const limit = limitOf(request, 50);
    const { before, since, ...filters } = request.query;
    const last = placeIn(request, rowPlace) ?? (before === undefined ? undefined : Number(before));
    const page: AuditPage = {
      limit: limit + 1,
      ...(last !== undefined && { before: last }),
      ...(since !== undefined && { since: new Date(String(since)).toISOString() }),
      ...pick(filters, ['migration', 'actor', 'action']),
    };
    const found = await readStore(() => reads.audit.list(page));
    const { rows: entries, next } = pageOf(found, limit, ({ seq }) => seq);
    response.json({ entries, ...next } satisfies AuditList);
  });

  app.get('/api/audit/verification', async (_request, response) => {
    const check: AuditCheck = await readStore(() => reads.audit.verify(), verifyTimeoutMs);
    response.json(check);
  });
}

/** Those of these that are given, as texts: openapi.yaml has seen to that. */
function pick<Name extends string>(query: object, names: readonly Name[]): { [name in Name]?: string } {
  return Object.fromEntries(Object.entries(query).filter(([name]) => names.includes(name as Name))) as {
    [name in Name]?: string;
  };
}
