import supertest from 'supertest';
import { createAdminApp } from '../../../proxy/admin/admin-app.ts';
import type { InMemoryEstate } from './in-memory-deps.ts';

/** Requests against the admin API of an estate, its answers held against openapi.yaml. */
export function adminClient(estate: InMemoryEstate) {
  const agent = supertest(createAdminApp(estate.deps(), { validateResponses: true }));
  return {
    agent,
    get: (path: string) => agent.get(path),
    /** As the CLI writes: JSON, with a name; on whatever stands. */
    post: (path: string, body: object) =>
      agent
        .post(path)
        .set('x-ficus-actor', 'cli:alice')
        .set('if-match', '*')
        .send(body)
        .set('content-type', 'application/json'),
  };
}
