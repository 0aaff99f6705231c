import type { Database } from '../db.ts';
import { writeCursor } from './cursor.ts';
import { type ProductRow, productColumns } from './product.ts';
import type { ProductQuery, SortField } from './product-query.ts';

const sortColumns: Record<SortField, { column: string; type: string }> = {
  // "C" sorts by code point on every machine; without it the order hangs on how Postgres was set up.
  name: { column: 'PROD_NM COLLATE "C"', type: 'text' },
  price: { column: 'PRICE_CTS::bigint', type: 'bigint' },
  createdAt: { column: 'CRT_TS', type: 'timestamptz' },
  productId: { column: 'PROD_NO', type: 'integer' },
};

export type ProductPage = { rows: ProductRow[]; nextCursor: string | null; total: number };

/** One page by keyset, and how many products the filters leave. */
export async function findProducts(database: Database, query: ProductQuery): Promise<ProductPage> {
  const { conditions, values } = filters(query);
  const { column, type } = sortColumns[query.sort.field];
  const pageConditions = [...conditions];
  const pageValues = [...values];
  if (query.cursor !== undefined) {
    const value = `$${pageValues.push(query.cursor.value)}::${type}`;
    const prodNo = `$${pageValues.push(query.cursor.prodNo)}::integer`;
    const beyond = query.sort.descending ? '<' : '>';
    pageConditions.push(`(${column} ${beyond} ${value} OR (${column} = ${value} AND PROD_NO > ${prodNo}))`);
  }
  const [counted, rows] = await Promise.all([
    database.row<{ total: number }>(
      `SELECT count(*)::int AS total FROM legacy.PRODUCT ${where(conditions)}`,
      values,
    ),
    // One more than asked for tells whether there is a next page.
    database.rows<ProductRow>(
      `SELECT ${productColumns} FROM legacy.PRODUCT ${where(pageConditions)}
     ORDER BY ${column} ${query.sort.descending ? 'DESC' : 'ASC'}, PROD_NO
     LIMIT ${query.limit + 1}`,
      pageValues,
    ),
  ]);
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  const goesOn = rows.length > query.limit && last !== undefined;
  return {
    rows: page,
    nextCursor: goesOn ? writeCursor(last, query.sort.field) : null,
    total: counted?.total ?? 0,
  };
}

function filters(query: ProductQuery): { conditions: string[]; values: unknown[] } {
  const conditions: string[] = [];
  const values: unknown[] = [];
  const add = (value: unknown, condition: (parameter: string) => string) =>
    conditions.push(condition(`$${values.push(value)}`));
  if (query.status !== 'all') add(query.status === 'active' ? 'A' : 'D', (p) => `STAT = ${p}`);
  if (query.category !== undefined) {
    add(
      query.category,
      (p) => `CAT_CD IN (SELECT CAT_CD FROM legacy.CATEGORY WHERE CAT_CD = ${p} OR PARENT_CD = ${p})`,
    );
  }
  if (query.q !== undefined) {
    add(query.q, (p) => `(strpos(lower(PROD_NM), lower(${p})) > 0 OR strpos(lower(SKU), lower(${p})) > 0)`);
  }
  if (query.minPrice !== undefined) add(query.minPrice, (p) => `PRICE_CTS::bigint >= ${p}::numeric * 100`);
  if (query.maxPrice !== undefined) add(query.maxPrice, (p) => `PRICE_CTS::bigint <= ${p}::numeric * 100`);
  if (query.inStock) conditions.push('STOCK_QTY > 0');
  return { conditions, values };
}

const where = (conditions: readonly string[]) =>
  conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
