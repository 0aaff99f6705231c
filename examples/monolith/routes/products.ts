import type { Express, Response } from 'express';
import { type Database, isDuplicate } from '../db.ts';
import type { Parts } from '../parts.ts';
import { findProducts } from '../products/find-products.ts';
import { type NewProduct, readNewProduct } from '../products/new-product.ts';
import {
  type ProductRow,
  productColumns,
  productId,
  productJson,
  productNumber,
} from '../products/product.ts';
import { readProductQuery } from '../products/product-query.ts';
import { readJson } from '../read-json.ts';
import { badField, notFound, Refusal } from '../refusal.ts';

export function addProductRoutes(app: Express, { database, access }: Parts): void {
  app.get('/api/products', async (request, response) => {
    const { rows, nextCursor, total } = await findProducts(database, readProductQuery(request.query));
    mayBeCached(response).json({ items: rows.map(productJson), nextCursor, total });
  });

  app.get('/api/products/:productId', async (request, response) => {
    const row = await findProduct(database, request.params.productId);
    if (row === undefined) throw noProduct(request.params.productId);
    mayBeCached(response).json(productJson(row));
  });

  app.get('/api/categories', async (_request, response) => {
    const items = await database.rows(
      `SELECT CAT_CD AS "categoryId", CAT_NM AS "name", PARENT_CD AS "parentId",
              (SELECT count(*)::int FROM legacy.PRODUCT p WHERE p.CAT_CD = c.CAT_CD AND p.STAT = 'A') AS "productCount"
       FROM legacy.CATEGORY c ORDER BY CAT_CD COLLATE "C"`,
    );
    mayBeCached(response).json({ items, countedAt: new Date().toISOString() });
  });

  app.post('/api/products', access.key, readJson, async (request, response) => {
    const row = await insertProduct(database, readNewProduct(request.body));
    response
      .status(201)
      .location(`/api/products/${productId(row.PROD_NO)}`)
      .json(productJson(row));
  });

  app.delete('/api/products/:productId', access.key, async (request, response) => {
    const { productId: id } = request.params;
    const row = await findProduct(database, id);
    if (row === undefined) throw noProduct(id);
    await database.rows(
      `UPDATE legacy.PRODUCT SET STAT = 'D', UPD_TS = now() WHERE PROD_NO = $1 AND STAT = 'A'`,
      [row.PROD_NO],
    );
    response.status(204).end();
  });
}

const noProduct = (id: string) => notFound(`No product ${id}`);

const mayBeCached = (response: Response) => response.set('Cache-Control', 'public, max-age=30');

async function findProduct(database: Database, id: string): Promise<ProductRow | undefined> {
  return database.row(`SELECT ${productColumns} FROM legacy.PRODUCT WHERE PROD_NO = $1`, [
    productNumber(id) ?? null,
  ]);
}

async function insertProduct(database: Database, product: NewProduct): Promise<ProductRow> {
  const category = await database.row('SELECT 1 FROM legacy.CATEGORY WHERE CAT_CD = $1', [
    product.categoryId,
  ]);
  if (category === undefined) throw badField('categoryId');
  try {
    const row = await database.row<ProductRow>(
      `INSERT INTO legacy.PRODUCT (SKU, PROD_NM, DESCR, CAT_CD, PRICE_CTS, CURR, STOCK_QTY, WGT_G)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING ${productColumns}`,
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
    if (row === undefined) throw new Error('Inserting a product returned no row');
    return row;
  } catch (error) {
    if (isDuplicate(error)) throw new Refusal('conflict', `SKU ${product.sku} is taken`);
    throw error;
  }
}
