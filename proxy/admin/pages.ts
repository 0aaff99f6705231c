import type { Request } from 'express';
import type { z } from 'zod';
import { AdminProblem } from './problem.ts';

/**
 * The rows of a page and, when there are more, what to ask for them with. `rows` has one more than the page takes
 * where there are more; `placeOf` names a row's place in the list, so that rows which come or go move no page.
 */
export function pageOf<Row>(
  rows: readonly Row[],
  limit: number,
  placeOf: (row: Row) => unknown,
): { readonly rows: readonly Row[]; readonly next: { readonly nextCursor?: string } } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return { rows: page, next: hasMore ? { nextCursor: writeCursor(placeOf(last)) } : {} };
}

/** The place that the request's `cursor` names; undefined for the first page. Throws for one that is not ours. */
export function placeIn<Place>(request: Request, schema: z.ZodType<Place>): Place | undefined {
  const { cursor } = request.query;
  if (cursor === undefined) return undefined;
  const read = schema.safeParse(readCursor(String(cursor)));
  if (read.success) return read.data;
  throw new AdminProblem(
    'invalid_request',
    'query.cursor: must be the nextCursor of an answer of this list; leave it out for the first page.',
  );
}

export function limitOf(request: Request, preset: number): number {
  return Number(request.query['limit'] ?? preset);
}

function writeCursor(place: unknown): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

function readCursor(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
}
