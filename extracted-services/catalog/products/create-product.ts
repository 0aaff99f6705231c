import { ApiError, inTransaction, type Pool, type PoolClient, refusedBy } from '@ficus/service-kit';
import { catalogColumns, legacyValues } from '../import/legacy-product.ts';
import { invalidField } from '../invalid-request.ts';
import type { NewProduct } from './new-product.ts';
import { type Product, type ProductRow, productColumns, toProduct } from './representation.ts';

/**
 * Writes a product here and into the monolith's table in one transaction, so that rolling back to the monolith loses
 * nothing. Its number is from the monolith's sequence, and the monolith's index on SKU says whether that is taken.
 */
export async function createProduct(pool: Pool, product: NewProduct): Promise<Product> {
  return inTransaction(pool, async (client) => {
    await requireCategory(client, product.categoryId);
    try {
      return await insert(
        client,
        product,
        `INSERT INTO legacy.product (prod_no, sku, prod_nm, descr, cat_cd, price_cts, curr, stock_qty, wgt_g)
         VALUES (nextval('legacy.prod_no_seq'), $1, $2, $3, $4, $5::bigint::text, $6, $7, $8) RETURNING *`,
      );
    } catch (error) {
      if (refusedBy(error)?.code === UNIQUE_VIOLATION) throw skuTaken(product.sku);
      throw error;
    }
  });
}

/**
 * What `createProduct` would answer, with nothing left behind but a gap in the numbers. The monolith's table is
 * only read: a row in it, even one that is rolled back, would make the client's own request wait for this copy.
 */
export async function tryCreateProduct(pool: Pool, product: NewProduct): Promise<Product> {
  return inTransaction(pool, async (client) => {
    await requireCategory(client, product.categoryId);
    await requireFreeSku(client, product.sku);
    return insert(
      client,
      product,
      `SELECT nextval('legacy.prod_no_seq')::integer AS prod_no, $1::text AS sku, $2::text AS prod_nm,
              $3::text AS descr, $4::text AS cat_cd, $5::bigint AS price_cts, $6::text AS curr,
              $7::integer AS stock_qty, $8::integer AS wgt_g, 'A' AS stat, now() AS crt_ts, now() AS upd_ts`,
    );
  });
}

const UNIQUE_VIOLATION = '23505';

const skuTaken = (sku: string) => new ApiError(409, `SKU ${sku} is taken`);

async function requireCategory(client: PoolClient, categoryId: string): Promise<void> {
  const { rowCount } = await client.query('SELECT 1 FROM legacy.category WHERE cat_cd = $1', [categoryId]);
  if (rowCount === 0) throw invalidField('categoryId');
}

/** The request that this is a copy of may just have made the product: one of the last seconds does not count. */
async function requireFreeSku(client: PoolClient, sku: string): Promise<void> {
  const { rowCount } = await client.query(
    `SELECT 1 FROM legacy.product WHERE sku = $1 AND crt_ts < now() - interval '10 seconds'`,
    [sku],
  );
  if (rowCount !== 0) throw skuTaken(sku);
}

/** `legacyRow` is SQL for the row as the monolith has it. */
async function insert(client: PoolClient, product: NewProduct, legacyRow: string): Promise<Product> {
  const { rows } = await client.query<ProductRow>(
    `WITH legacy_row AS (${legacyRow})
     INSERT INTO catalog.product (${catalogColumns}) SELECT ${legacyValues} FROM legacy_row
     RETURNING ${productColumns}`,
    [
      product.sku,
      product.name,
      product.description,
      product.categoryId,
      product.priceCents,
      product.currency,
      product.stock,
      product.weightGrams,
    ],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('Inserting a product returned no row');
  return toProduct(row);
}
