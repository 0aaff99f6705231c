/** A product as clients see it. The order of the keys is part of the bytes that they get. */
export type Product = {
  productId: string;
  sku: string;
  name: string;
  description: string | null;
  categoryId: string;
  price: number;
  currency: string;
  stock: number;
  weightGrams: number | null;
  status: 'active' | 'discontinued';
  createdAt: string;
};

/** A row of catalog.product, as far as clients see it; Postgres' bigint comes as text. */
export type ProductRow = {
  product_no: number;
  sku: string;
  name: string;
  description: string | null;
  category_id: string;
  price_cents: string;
  currency: string;
  stock: number;
  weight_grams: number | null;
  status: 'active' | 'discontinued';
  created_at: Date;
};

export const productColumns =
  'product_no, sku, name, description, category_id, price_cents, currency, stock, weight_grams, status, created_at';

export const toProduct = (row: ProductRow): Product => ({
  productId: toProductId(row.product_no),
  sku: row.sku,
  name: row.name,
  description: row.description,
  categoryId: row.category_id,
  price: Number(row.price_cents) / 100,
  currency: row.currency,
  stock: row.stock,
  weightGrams: row.weight_grams,
  status: row.status,
  createdAt: row.created_at.toISOString(),
});

export const toProductId = (productNo: number) => `P-${String(productNo).padStart(6, '0')}`;

/** The number in `P-000017`; undefined for what can't be a product's id. */
export function toProductNo(productId: string): number | undefined {
  const productNo = Number(/^P-(\d{6,})$/.exec(productId)?.[1]);
  return productNo < 2 ** 31 ? productNo : undefined;
}
