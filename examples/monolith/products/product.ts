import { columns } from '../db.ts';

/** A row of legacy.PRODUCT. */
export type ProductRow = {
  PROD_NO: number;
  SKU: string;
  PROD_NM: string;
  DESCR: string | null;
  CAT_CD: string;
  PRICE_CTS: string;
  CURR: string;
  STOCK_QTY: number;
  WGT_G: number | null;
  STAT: 'A' | 'D';
  CRT_TS: Date;
  UPD_TS: Date;
};

export const productColumns = columns(
  'PROD_NO SKU PROD_NM DESCR CAT_CD PRICE_CTS CURR STOCK_QTY WGT_G STAT CRT_TS UPD_TS',
);

/** What clients see; the order of the keys is part of the bytes they get. */
export const productJson = (row: ProductRow) => ({
  productId: productId(row.PROD_NO),
  sku: row.SKU,
  name: row.PROD_NM,
  description: row.DESCR,
  categoryId: row.CAT_CD,
  price: Number(row.PRICE_CTS) / 100,
  currency: row.CURR,
  stock: row.STOCK_QTY,
  weightGrams: row.WGT_G,
  status: row.STAT === 'A' ? 'active' : 'discontinued',
  createdAt: row.CRT_TS.toISOString(),
});

export const productId = (prodNo: number) => `P-${String(prodNo).padStart(6, '0')}`;

/** The number in `P-000017`; undefined for what is no product's id. */
export function productNumber(id: string): number | undefined {
  const digits = /^P-(\d{6,})$/.exec(id)?.[1];
  const number = Number(digits);
  return number <= 2 ** 31 - 1 ? number : undefined;
}
