import { badField } from '../refusal.ts';

/** What `POST /api/products` was sent, in the terms of the table. */
export type NewProduct = {
  sku: string;
  name: string;
  description: string | null;
  categoryId: string;
  priceCents: string;
  currency: string;
  stock: number;
  weightGrams: number | null;
};

/** Throws for the first bad field in the order of NewProduct; fields of other names are ignored. */
export function readNewProduct(body: unknown): NewProduct {
  const fields: Record<string, unknown> = typeof body === 'object' && body !== null ? { ...body } : {};
  const read = <Value>(name: string, parse: (value: unknown) => Value | undefined): Value => {
    const value = parse(fields[name]);
    if (value === undefined) throw badField(name);
    return value;
  };
  return {
    sku: read('sku', (value) => asText(value, 1, 40)),
    name: read('name', (value) => asText(value, 1, 200)),
    description: read('description', (value) => (value == null ? null : asText(value, 0, 4000))),
    categoryId: read('categoryId', (value) => asText(value, 1, 10)),
    priceCents: read('price', asCents),
    currency: read('currency', (value = 'EUR') => asCurrency(value)),
    stock: read('stock', (value = 0) => asCount(value)),
    weightGrams: read('weightGrams', (value) => (value == null ? null : asCount(value))),
  };
}

function asText(value: unknown, minLength: number, maxLength: number): string | undefined {
  if (typeof value !== 'string' || value.includes('\0')) return undefined;
  return value.length >= minLength && value.length <= maxLength ? value : undefined;
}

/** At most two decimals: 19.99 is 1998.9999999999998 hundredths, 19.999 is too fine for the table. */
function asCents(value: unknown): string | undefined {
  if (typeof value !== 'number' || !(value >= 0 && value <= 9_999_999.99)) return undefined;
  const cents = Math.round(value * 100);
  return Math.abs(value * 100 - cents) < 1e-6 ? String(cents) : undefined;
}

const asCurrency = (value: unknown) =>
  typeof value === 'string' && /^[A-Z]{3}$/.test(value) ? value : undefined;

const asCount = (value: unknown) =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 31 ? value : undefined;
