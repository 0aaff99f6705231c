import { invalidParameter } from '../invalid-request.ts';
import { type Cursor, decodeCursor } from './cursor.ts';
import { type SortField, sortFields } from './sort-field.ts';

const statuses = ['active', 'discontinued', 'all'] as const;

/** What `GET /api/products` is asked for. */
export type ListQuery = {
  category: string | undefined;
  q: string | undefined;
  status: (typeof statuses)[number];
  /** Decimal numbers as text, in the currency's main unit. */
  minPrice: string | undefined;
  maxPrice: string | undefined;
  inStock: boolean;
  sort: { field: SortField; descending: boolean };
  limit: number;
  cursor: Cursor | undefined;
};

/**
 * Reads the parameters as they came in the URL, by the monolith's rules, which are finer than the API file can say:
 * `limit=1e1` is no number there. Throws for the first bad one, in the order of ListQuery.
 */
export function readListQuery(parameters: Record<string, unknown>): ListQuery {
  function read<Value>(name: string, parse: (text: string) => Value | undefined): Value | undefined {
    const given = parameters[name];
    if (given === undefined) return undefined;
    const value = typeof given === 'string' ? parse(given) : undefined;
    if (value === undefined) throw invalidParameter(name);
    return value;
  }
  const category = read('category', parseText);
  const q = read('q', parseText);
  const status = read('status', (text) => statuses.find((known) => known === text)) ?? 'active';
  const minPrice = read('minPrice', parseDecimal);
  const maxPrice = read('maxPrice', parseDecimal);
  const inStock = read('inStock', parseBoolean) ?? false;
  const sort = read('sort', parseSort) ?? { field: 'productId', descending: false };
  const limit = read('limit', parseLimit) ?? 20;
  const cursor = read('cursor', (text) => decodeCursor(text, sort.field));
  return { category, q, status, minPrice, maxPrice, inStock, sort, limit, cursor };
}

/** Postgres has no text with a NUL in it. */
const parseText = (text: string) => (text.includes('\0') ? undefined : text);

const parseDecimal = (text: string) => (/^\d{1,9}(\.\d{1,6})?$/.test(text) ? text : undefined);

const parseBoolean = (text: string) => (text === 'true' ? true : text === 'false' ? false : undefined);

function parseSort(text: string): ListQuery['sort'] | undefined {
  const descending = text.startsWith('-');
  const field = sortFields.find((known) => known === (descending ? text.slice(1) : text));
  return field && { field, descending };
}

function parseLimit(text: string): number | undefined {
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  return limit >= 1 && limit <= 100 ? limit : undefined;
}
