import type { ProductRow } from './representation.ts';
import type { SortField } from './sort-field.ts';

/** The place right after one product: its value under the sort, and its number, which breaks ties. */
export type Cursor = { value: string | number; productNo: number };

/**
 * Base64url of `[value, productNo]`, exactly as the monolith makes it: a client may get one page from it and the
 * next from here. A price is in cents, createdAt an ISO timestamp, productId the number.
 */
export function encodeCursor(row: ProductRow, field: SortField): string {
  return Buffer.from(JSON.stringify([sortValue(row, field), row.product_no])).toString('base64url');
}

function sortValue(row: ProductRow, field: SortField): string | number {
  switch (field) {
    case 'name':
      return row.name;
    case 'price':
      return Number(row.price_cents);
    case 'createdAt':
      return row.created_at.toISOString();
    case 'productId':
      return row.product_no;
  }
}

/** Undefined for text that is no cursor under this sort. */
export function decodeCursor(text: string, field: SortField): Cursor | undefined {
  if (!/^[\w-]+$/.test(text)) return undefined;
  const pair = parseJson(Buffer.from(text, 'base64url').toString());
  if (!Array.isArray(pair) || pair.length !== 2) return undefined;
  const [value, productNo]: unknown[] = pair;
  return isPostgresInteger(productNo) && fitsSort(value, field) ? { value, productNo } : undefined;
}

/** What gets through here is compared with a column, so it must be something that Postgres can cast. */
function fitsSort(value: unknown, field: SortField): value is string | number {
  switch (field) {
    case 'name':
      return typeof value === 'string' && !value.includes('\0');
    case 'price':
      return Number.isSafeInteger(value);
    case 'createdAt':
      return typeof value === 'string' && isIsoTimestamp(value);
    case 'productId':
      return isPostgresInteger(value);
  }
}

const isIsoTimestamp = (value: string) =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value) && !Number.isNaN(Date.parse(value));

const isPostgresInteger = (value: unknown): value is number =>
  Number.isInteger(value) && Math.abs(value as number) < 2 ** 31;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
