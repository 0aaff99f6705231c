import type { Cache, Pool } from '@ficus/service-kit';
import type { Router } from 'express';
import { cacheable } from '../cacheable.ts';
import { type Category, listCategories } from './queries.ts';

type Parts = { pool: Pool; cache: Cache; inOrder: (categories: Category[]) => Category[] };

export function addCategoryRoutes(router: Router, { pool, cache, inOrder }: Parts): void {
  router.get('/api/categories', async (_request, response) => {
    const counted = await cache.remember('categories', async () => {
      const items = inOrder(await listCategories(pool));
      return { items, countedAt: new Date().toISOString() };
    });
    cacheable(response).json(counted);
  });
}
