/** The columns of catalog.product, and what fills each from a row of legacy.PRODUCT. */
const mapping = {
  product_no: 'prod_no',
  sku: 'sku',
  name: 'prod_nm',
  description: 'descr',
  category_id: 'cat_cd',
  price_cents: 'price_cts::bigint',
  currency: 'curr::text',
  stock: 'stock_qty',
  weight_grams: 'wgt_g',
  status: `CASE stat WHEN 'A' THEN 'active' ELSE 'discontinued' END`,
  created_at: 'crt_ts',
  updated_at: 'upd_ts',
};

export const catalogColumns = Object.keys(mapping).join(', ');
export const legacyValues = Object.values(mapping).join(', ');
