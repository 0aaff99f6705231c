import { parse } from 'node:querystring';
import { ApiError, type Cache, isDryRun, markGeneratedIds, type Pool } from '@ficus/service-kit';
import type { Request, Router } from 'express';
import { cacheable } from '../cacheable.ts';
import type { ShownProduct } from '../faults.ts';
import { createProduct, tryCreateProduct } from './create-product.ts';
import { readListQuery } from './list-query.ts';
import { readNewProduct } from './new-product.ts';
import { findProduct, listProducts } from './queries.ts';
import { type Product, toProductNo } from './representation.ts';

export type ProductParts = { pool: Pool; cache: Cache; show: (product: Product) => ShownProduct };

export function addProductRoutes(router: Router, { pool, cache, show }: ProductParts): void {
  router.get('/api/products', async (request, response) => {
    const query = readListQuery(parametersAsSent(request));
    const { items, nextCursor, total } = await cache.remember(`list ${JSON.stringify(query)}`, () =>
      listProducts(pool, query),
    );
    cacheable(response).json({ items: items.map(show), nextCursor, total });
  });

  router.get('/api/products/:productId', async (request, response) => {
    const { productId } = request.params;
    const productNo = toProductNo(productId);
    const product =
      productNo === undefined
        ? null
        : await cache.remember(`product ${productNo}`, () => findProduct(pool, productNo));
    if (product === null) throw new ApiError(404, `No product ${productId}`);
    cacheable(response).json(show(product));
  });

  router.post('/api/products', async (request, response) => {
    const newProduct = readNewProduct(request.body);
    const create = isDryRun() ? tryCreateProduct : createProduct;
    const product = await create(pool, newProduct);
    await cache.forgetAll();
    markGeneratedIds(response, 'body:/productId', 'header:location');
    response.status(201).location(`/api/products/${product.productId}`).json(show(product));
  });
}

/** The validator has turned those in `request.query` into numbers and booleans already, by looser rules. */
export const parametersAsSent = (request: Request) => parse(request.originalUrl.split('?', 2)[1] ?? '');
