import type { Pool } from '@ficus/service-kit';
import { encodeCursor } from './cursor.ts';
import type { ListQuery } from './list-query.ts';
import { type Product, type ProductRow, productColumns, toProduct } from './representation.ts';
import type { SortField } from './sort-field.ts';

export type ProductPage = { items: Product[]; nextCursor: string | null; total: number };

const sortColumns: Record<SortField, { column: string; type: string }> = {
  // By code point, as on the monolith, whatever the database's own order is.
  name: { column: 'name COLLATE "C"', type: 'text' },
  price: { column: 'price_cents', type: 'bigint' },
  createdAt: { column: 'created_at', type: 'timestamptz' },
  productId: { column: 'product_no', type: 'integer' },
};

/** One page by keyset; `total` counts what the filters leave, on whatever page. */
export async function listProducts(pool: Pool, query: ListQuery): Promise<ProductPage> {
  const { field, descending } = query.sort;
  const { column, type } = sortColumns[field];
  const filter = filterConditions(query);
  const page = filterConditions(query);
  if (query.cursor !== undefined) {
    const value = `${page.parameter(query.cursor.value)}::${type}`;
    const productNo = `${page.parameter(query.cursor.productNo)}::integer`;
    const beyond = descending ? '<' : '>';
    page.conditions.push(
      `(${column} ${beyond} ${value} OR (${column} = ${value} AND product_no > ${productNo}))`,
    );
  }
  const [counted, found] = await Promise.all([
    pool.query<{ total: number }>(
      `SELECT count(*)::int AS total FROM catalog.product ${where(filter.conditions)}`,
      filter.values,
    ),
    // One more than asked for tells whether there is a next page.
    pool.query<ProductRow>(
      `SELECT ${productColumns} FROM catalog.product ${where(page.conditions)}
       ORDER BY ${column} ${descending ? 'DESC' : 'ASC'}, product_no LIMIT ${query.limit + 1}`,
      page.values,
    ),
  ]);
  const rows = found.rows.slice(0, query.limit);
  const last = rows.at(-1);
  const hasNext = found.rows.length > query.limit && last !== undefined;
  return {
    items: rows.map(toProduct),
    nextCursor: hasNext ? encodeCursor(last, field) : null,
    total: counted.rows[0]?.total ?? 0,
  };
}

export async function findProduct(pool: Pool, productNo: number): Promise<Product | null> {
  const { rows } = await pool.query<ProductRow>(
    `SELECT ${productColumns} FROM catalog.product WHERE product_no = $1`,
    [productNo],
  );
  return rows[0] === undefined ? null : toProduct(rows[0]);
}

function filterConditions(query: ListQuery) {
  const conditions: string[] = [];
  const values: unknown[] = [];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  if (query.status !== 'all') conditions.push(`status = ${parameter(query.status)}`);
  if (query.category !== undefined) {
    const category = parameter(query.category);
    conditions.push(
      `category_id IN (SELECT category_id FROM catalog.category WHERE ${category} IN (category_id, parent_id))`,
    );
  }
  if (query.q !== undefined) {
    const q = parameter(query.q);
    conditions.push(`(strpos(lower(name), lower(${q})) > 0 OR strpos(lower(sku), lower(${q})) > 0)`);
  }
  if (query.minPrice !== undefined) {
    conditions.push(`price_cents >= ${parameter(query.minPrice)}::numeric * 100`);
  }
  if (query.maxPrice !== undefined) {
    conditions.push(`price_cents <= ${parameter(query.maxPrice)}::numeric * 100`);
  }
  if (query.inStock) conditions.push('stock > 0');
  return { conditions, values, parameter };
}

const where = (conditions: readonly string[]) =>
  conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
