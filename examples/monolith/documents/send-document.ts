import type { Request, Response } from 'express';
import type { Database } from '../db.ts';
import { sendStream } from '../send-stream.ts';
import { type DocumentRow, readContent } from './store.ts';

type Range = { start: number; end: number };

/** A download with ETag, 304 and single ranges (RFC 9110 section 14). */
export async function sendDocument(
  database: Database,
  request: Request,
  response: Response,
  document: DocumentRow,
): Promise<void> {
  response.attachment(document.DOC_NM.split('/').at(-1));
  response.set({
    'Accept-Ranges': 'bytes',
    'Cache-Control': 'public, max-age=60',
    ETag: `"${document.SHA256.slice(0, 32)}"`,
    'Last-Modified': document.UPD_TS.toUTCString(),
    'X-Content-Type-Options': 'nosniff',
  });
  // `set` would add a charset that nobody knows to be right.
  response.setHeader('Content-Type', document.MIME);
  if (request.fresh) {
    response.status(304).removeHeader('Content-Type');
    response.end();
    return;
  }
  const range = wantedRange(request, response, document.SIZE);
  if (range === 'unsatisfiable') {
    response.status(416).removeHeader('Content-Type');
    response.set({ 'Content-Range': `bytes */${document.SIZE}`, 'Content-Length': '0' }).end();
    return;
  }
  const { start, end } = range ?? { start: 0, end: document.SIZE - 1 };
  if (range !== undefined) {
    response.status(206).set('Content-Range', `bytes ${start}-${end}/${document.SIZE}`);
  }
  response.set('Content-Length', String(end - start + 1));
  await sendStream(request, response, readContent(database, document, start, end));
}

/**
 * Undefined for the whole document: no Range, one that is malformed, several at once (a server may ignore them),
 * a method other than GET, or an If-Range that names another version.
 */
function wantedRange(
  request: Request,
  response: Response,
  size: number,
): Range | 'unsatisfiable' | undefined {
  if (request.method !== 'GET' || !isSameVersion(request.get('If-Range'), response)) return undefined;
  const ranges = request.range(size, { combine: true });
  if (ranges === -1) return 'unsatisfiable';
  if (ranges === undefined || ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1)
    return undefined;
  return ranges[0];
}

/** An ETag must be the same, a date not older: RFC 9110 section 13.1.5. */
function isSameVersion(ifRange: string | undefined, response: Response): boolean {
  if (ifRange === undefined || ifRange === response.get('ETag')) return true;
  return ifRange === response.get('Last-Modified');
}
