import type { Express } from 'express';
import { formatCents } from '../cents.ts';
import { html, link, table } from '../html.ts';
import { anyText, type Listing, pageNumber, parameter, readListing, rowNumber } from '../listing.ts';
import { pager, searchForm, sendPage } from '../pages.ts';
import type { Parts } from '../parts.ts';
import { type ProductRow, productColumns, productId } from '../products/product.ts';
import { notFound } from '../refusal.ts';

export function addProductPages(app: Express, { database, access }: Parts): void {
  app.get('/products', access.login, async (request, response) => {
    const searched = parameter(request, 'q', anyText);
    const { rows, total } = await readListing<ProductRow>(
      database,
      productsListing(searched),
      pageNumber(request),
    );
    const cells = rows.map((row) => [
      link(`/products/${row.PROD_NO}`, row.PROD_NO),
      row.SKU,
      row.PROD_NM,
      row.CAT_CD,
      `${formatCents(row.PRICE_CTS)} ${row.CURR}`,
      row.STOCK_QTY,
      row.STAT === 'A' ? 'on sale' : 'discontinued',
    ]);
    const headings = ['No', 'SKU', 'Name', 'Category', 'Price', 'Stock', 'Status'];
    const content = html`${searchForm('q', searched)}${table(headings, cells)}${pager(request, total)}
<p>${link('/legacy/pricelist', 'The whole price list on one page')}</p>`;
    await sendPage(request, response, 'Products', content);
  });

  app.get('/products/:prodNo', access.login, async (request, response) => {
    const { prodNo } = request.params;
    const row = await database.row<ProductRow>(
      `SELECT ${productColumns} FROM legacy.PRODUCT WHERE PROD_NO = $1`,
      [rowNumber(prodNo)],
    );
    if (row === undefined) throw notFound(`No product ${prodNo}`);
    const content = html`<p>${row.DESCR}</p>
${table(
  ['SKU', 'Category', 'Price', 'Stock', 'Weight', 'Status'],
  [
    [
      row.SKU,
      row.CAT_CD,
      `${formatCents(row.PRICE_CTS)} ${row.CURR}`,
      row.STOCK_QTY,
      row.WGT_G === null ? 'unknown' : `${row.WGT_G} g`,
      row.STAT === 'A' ? 'on sale' : 'discontinued',
    ],
  ],
)}<p>${link(`/api/products/${productId(row.PROD_NO)}`, 'as JSON')}</p>`;
    await sendPage(request, response, row.PROD_NM, content);
  });
}

const productsListing = (searched: string | undefined): Listing => ({
  columns: productColumns,
  from: 'legacy.PRODUCT',
  conditions: [
    {
      value: searched,
      sql: (p) => `(strpos(lower(PROD_NM), lower(${p})) > 0 OR strpos(lower(SKU), lower(${p})) > 0)`,
    },
  ],
  orderBy: 'PROD_NO',
});
