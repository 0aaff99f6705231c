import type { Pool } from '@ficus/service-kit';

export type Category = {
  categoryId: string;
  name: string;
  parentId: string | null;
  /** Active products directly in it. */
  productCount: number;
};

export async function listCategories(pool: Pool): Promise<Category[]> {
  const { rows } = await pool.query<Category>(
    `SELECT category_id AS "categoryId", name, parent_id AS "parentId",
            (SELECT count(*)::int FROM catalog.product p
             WHERE p.category_id = c.category_id AND p.status = 'active') AS "productCount"
     FROM catalog.category c ORDER BY category_id COLLATE "C"`,
  );
  return rows;
}
