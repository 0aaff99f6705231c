import type { Express, Request, Response } from 'express';
import { formatCents } from '../cents.ts';
import type { Database } from '../db.ts';
import { html, table } from '../html.ts';
import { sendPublicPage } from '../pages.ts';
import type { Parts } from '../parts.ts';
import { redirect } from '../redirect.ts';
import { sendText } from '../send-text.ts';

/** What fifteen years leave behind: legal HTTP that one no longer expects, with clients that rely on it. */
export function addOddRoutes(app: Express, { database }: Parts): void {
  app.get('/heartbeat', async (_request, response) => {
    await database.row('SELECT 1');
    response.status(204).end();
  });

  // Three spellings that three clients have hard-coded: none of them may be tidied up on the way.
  app.get('/legacy/pricelist', (request, response) => sendPriceList(database, request, response, 'plain'));
  app.get('/legacy//pricelist', (request, response) =>
    sendPriceList(database, request, response, 'double slash'),
  );
  app.get('/legacy/pricelist;:matrix', (request, response) =>
    sendPriceList(database, request, response, `matrix ${request.params.matrix}`),
  );

  // Shows what arrived: the path as it came over the wire, and the segment as it was meant.
  app.get('/legacy/echo/:segment', (request, response) => {
    response.json({ URL: request.originalUrl, SEGMENT: request.params.segment, QUERY: request.query });
  });

  app.get('/legacy/catalogue', (request, response) => redirect(request, response, 301, '/legacy/pricelist'));

  // In ISO-8859-1 from the first header to the last byte.
  app.get('/legacy/imprint', async (request, response) => {
    response.setHeader('X-Shop', 'Müller & Söhne');
    const text = Buffer.from(
      'Müller & Söhne, Große Straße 1, 10115 Berlin. Geschäftsführer: Jürgen Weiß\n',
      'latin1',
    );
    await sendText(request, response, 'text/plain; charset=ISO-8859-1', text);
  });

  // Neither Content-Length nor chunks: the end of the connection is the end of the body (RFC 9112 section 6.3).
  app.get('/legacy/batch-log', (_request, response) => {
    response.set({ 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' });
    response.removeHeader('Transfer-Encoding');
    for (let line = 1; line <= 200; line++) response.write(`${line} nightly run: ok\n`);
    response.end();
  });
}

/** A large page for everybody; `spelling` says under which address it was asked for. */
async function sendPriceList(
  database: Database,
  request: Request,
  response: Response,
  spelling: string,
): Promise<void> {
  const rows = await database.rows<{ sku: string; name: string; cents: string }>(
    `SELECT SKU AS sku, PROD_NM AS name, PRICE_CTS AS cents FROM legacy.PRODUCT WHERE STAT = 'A' ORDER BY PROD_NO`,
  );
  response.setHeader('X-Shop', 'Müller & Söhne');
  const content = html`<p>Asked for as <code>${request.originalUrl}</code> (${spelling})</p>
${table(
  ['SKU', 'Name', 'EUR'],
  rows.map(({ sku, name, cents }) => [sku, name, formatCents(cents)]),
)}`;
  await sendPublicPage(request, response, 'Price list', content);
}
