import type { Request } from 'express';
import type { Database } from './db.ts';
import { badParameter } from './refusal.ts';

export const PAGE_ROWS = 50;

/** A list that people and machines leaf through; a condition without a value is left out. */
export type Listing = {
  columns: string;
  from: string;
  conditions: readonly { value: unknown; sql: (parameter: string) => string }[];
  orderBy: string;
};

export async function readListing<Row>(
  database: Database,
  listing: Listing,
  page: number,
): Promise<{ rows: Row[]; total: number }> {
  const used = listing.conditions.filter(({ value }) => value !== undefined);
  const values = used.map(({ value }) => value);
  const conditions = used.map(({ sql }, index) => sql(`$${index + 1}`));
  const source = `FROM ${listing.from} ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`}`;
  const [counted, rows] = await Promise.all([
    database.row<{ total: number }>(`SELECT count(*)::int AS total ${source}`, values),
    database.rows<Row>(
      `SELECT ${listing.columns} ${source} ORDER BY ${listing.orderBy}
       LIMIT ${PAGE_ROWS} OFFSET ${(page - 1) * PAGE_ROWS}`,
      values,
    ),
  ]);
  return { rows, total: counted?.total ?? 0 };
}

/** The JSON of a listing's page. */
export async function listingJson(database: Database, listing: Listing, request: Request) {
  const page = pageNumber(request);
  const { rows, total } = await readListing(database, listing, page);
  return { ROWS: rows, PAGE: page, PAGES: Math.max(1, Math.ceil(total / PAGE_ROWS)), TOTAL: total };
}

/** `?page=`, counted from 1. */
export const pageNumber = (request: Request) => Number(parameter(request, 'page', /^[1-9]\d{0,5}$/) ?? 1);

/** A query parameter that is absent, empty as browsers send it from forms, or as the pattern has it. */
export function parameter(request: Request, name: string, pattern: RegExp): string | undefined {
  const value = request.query[name];
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string' || !pattern.test(value)) throw badParameter(name);
  return value;
}

/** Text without control characters, which Postgres and people do without. */
export const anyText = /^\P{Cc}{1,200}$/u;

/** A row's number as it stands in a path; undefined for anything else, so that the row is not found. */
export const rowNumber = (text: string) => (/^\d{1,9}$/.test(text) ? Number(text) : undefined);
