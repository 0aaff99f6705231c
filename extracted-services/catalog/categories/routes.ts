import type { Cache, Pool } from '@ficus/service-kit';
import type { Router } from 'express';
import { cacheable } from '../cacheable.ts';
import { listCategories } from './queries.ts';

export function addCategoryRoutes(router: Router, { pool, cache }: { pool: Pool; cache: Cache }): void {
  router.get('/api/categories', async (_request, response) => {
    const items = await cache.remember('categories', () => listCategories(pool));
    cacheable(response).json({ items });
  });
}
