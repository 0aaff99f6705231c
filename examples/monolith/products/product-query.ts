import { badParameter } from '../refusal.ts';
import { type Cursor, readCursor } from './cursor.ts';

const sorts = ['name', 'price', 'createdAt', 'productId'] as const;
const statuses = ['active', 'discontinued', 'all'] as const;
export type SortField = (typeof sorts)[number];

/** What `GET /api/products` was asked for. */
export type ProductQuery = {
  category: string | undefined;
  q: string | undefined;
  status: (typeof statuses)[number];
  /** A decimal number as text, in the currency's main unit. */
  minPrice: string | undefined;
  maxPrice: string | undefined;
  inStock: boolean;
  sort: { field: SortField; descending: boolean };
  limit: number;
  cursor: Cursor | undefined;
};

/** Throws for the first bad parameter in the order of ProductQuery; knows nothing of others and ignores them. */
export function readProductQuery(query: Record<string, unknown>): ProductQuery {
  const read = <Value>(name: string, parse: (text: string) => Value | undefined): Value | undefined => {
    const given = query[name];
    if (given === undefined) return undefined;
    const value = typeof given === 'string' ? parse(given) : undefined;
    if (value === undefined) throw badParameter(name);
    return value;
  };
  const category = read('category', asText);
  const q = read('q', asText);
  const status = read('status', (text) => statuses.find((known) => known === text)) ?? 'active';
  const minPrice = read('minPrice', asDecimal);
  const maxPrice = read('maxPrice', asDecimal);
  const inStock = read('inStock', asBoolean) ?? false;
  const sort = read('sort', asSort) ?? { field: 'productId', descending: false };
  const limit = read('limit', asLimit) ?? 20;
  const cursor = read('cursor', (text) => readCursor(text, sort.field));
  return { category, q, status, minPrice, maxPrice, inStock, sort, limit, cursor };
}

/** Postgres knows no text with a NUL in it. */
const asText = (text: string) => (text.includes('\0') ? undefined : text);
const asDecimal = (text: string) => (/^\d{1,9}(\.\d{1,6})?$/.test(text) ? text : undefined);
const asBoolean = (text: string) => (text === 'true' ? true : text === 'false' ? false : undefined);

function asLimit(text: string): number | undefined {
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  return limit >= 1 && limit <= 100 ? limit : undefined;
}

function asSort(text: string): ProductQuery['sort'] | undefined {
  const descending = text.startsWith('-');
  const field = sorts.find((known) => known === (descending ? text.slice(1) : text));
  return field && { field, descending };
}
