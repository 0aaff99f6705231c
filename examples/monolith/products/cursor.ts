import type { ProductRow } from './product.ts';
import type { SortField } from './product-query.ts';

/** The place after one product: its value under the sort, and its number to break ties. */
export type Cursor = { value: string | number; prodNo: number };

/** Base64url of `[sortValue, prodNo]`; whoever serves the next page, monolith or service, can read it. */
export function writeCursor(row: ProductRow, field: SortField): string {
  return Buffer.from(JSON.stringify([sortValue(row, field), row.PROD_NO])).toString('base64url');
}

/** Price is in cents, createdAt an ISO timestamp. */
function sortValue(row: ProductRow, field: SortField): string | number {
  switch (field) {
    case 'name':
      return row.PROD_NM;
    case 'price':
      return Number(row.PRICE_CTS);
    case 'createdAt':
      return row.CRT_TS.toISOString();
    case 'productId':
      return row.PROD_NO;
  }
}

/** Undefined for what is no cursor under this sort. */
export function readCursor(text: string, field: SortField): Cursor | undefined {
  if (!/^[\w-]+$/.test(text)) return undefined;
  const parsed = parseJson(Buffer.from(text, 'base64url').toString());
  if (!Array.isArray(parsed) || parsed.length !== 2) return undefined;
  const [value, prodNo]: unknown[] = parsed;
  if (!isRowNumber(prodNo) || !isSortValue(value, field)) return undefined;
  return { value, prodNo };
}

function isSortValue(value: unknown, field: SortField): value is string | number {
  switch (field) {
    case 'name':
      return typeof value === 'string' && !value.includes('\0');
    case 'createdAt':
      return (
        typeof value === 'string' &&
        /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value) &&
        !Number.isNaN(Date.parse(value))
      );
    case 'price':
      return Number.isSafeInteger(value);
    case 'productId':
      return isRowNumber(value);
  }
}

const isRowNumber = (value: unknown): value is number =>
  Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
