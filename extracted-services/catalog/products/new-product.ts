import { invalidField } from '../invalid-request.ts';

/** What `POST /api/products` brings. */
export type NewProduct = {
  sku: string;
  name: string;
  description: string | null;
  categoryId: string;
  priceCents: number;
  currency: string;
  stock: number;
  weightGrams: number | null;
};

/**
 * Reads the body by the monolith's rules, which are finer than the API file can say: a price has at most two
 * decimals. Throws for the first bad field, in the order of NewProduct; other fields are ignored.
 */
export function readNewProduct(body: unknown): NewProduct {
  const fields = (body ?? {}) as Record<string, unknown>;
  function read<Value>(name: string, parse: (value: unknown) => Value | undefined): Value {
    const value = parse(fields[name]);
    if (value === undefined) throw invalidField(name);
    return value;
  }
  return {
    sku: read('sku', (value) => parseText(value, 1, 40)),
    name: read('name', (value) => parseText(value, 1, 200)),
    description: read('description', (value = null) => (value === null ? null : parseText(value, 0, 4000))),
    categoryId: read('categoryId', (value) => parseText(value, 1, 10)),
    priceCents: read('price', parseCents),
    currency: read('currency', (value = 'EUR') => parseCurrency(value)),
    stock: read('stock', (value = 0) => parseCount(value)),
    weightGrams: read('weightGrams', (value = null) => (value === null ? null : parseCount(value))),
  };
}

/** Lengths in UTF-16 units, as the monolith counts them; Postgres has no text with a NUL in it. */
function parseText(value: unknown, minLength: number, maxLength: number): string | undefined {
  if (typeof value !== 'string' || value.includes('\0')) return undefined;
  return value.length >= minLength && value.length <= maxLength ? value : undefined;
}

/** 19.99 is 1998.9999999999998 hundredths, which is meant to be 1999; 19.999 is too fine. */
function parseCents(value: unknown): number | undefined {
  if (typeof value !== 'number' || !(value >= 0 && value <= 9_999_999.99)) return undefined;
  const cents = Math.round(value * 100);
  return Math.abs(value * 100 - cents) < 1e-6 ? cents : undefined;
}

const parseCurrency = (value: unknown) =>
  typeof value === 'string' && /^[A-Z]{3}$/.test(value) ? value : undefined;

const parseCount = (value: unknown) =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 31 ? value : undefined;
