import { setTimeout as delay } from 'node:timers/promises';
import type { Express } from 'express';
import { formatCents } from '../cents.ts';
import { endOf } from '../end-of.ts';
import { html, link, table } from '../html.ts';
import { parameter } from '../listing.ts';
import { sendPage } from '../pages.ts';
import type { Parts } from '../parts.ts';

const MAX_SLOW_MS = 30_000;

type Year = { year: string; orders: number; cents: string };
type Sales = { prodNo: number; name: string; pieces: number; cents: string };

export function addReportRoutes(app: Express, { database, access, stopping }: Parts): void {
  app.get('/reports', access.login, async (request, response) => {
    const content = html`<ul><li>${link('/reports/sales', 'Sales by product')} (a large page)</li>
<li>${link('/reports/turnover', 'Turnover by year')} (JSON)</li>
<li>${link('/reports/slow?ms=1500', 'The one that takes its time')}</li></ul>`;
    await sendPage(request, response, 'Reports', content);
  });

  // Some hundred kilobytes in one piece.
  app.get('/reports/sales', access.login, async (request, response) => {
    const rows = await database.rows<Sales>(
      `SELECT p.PROD_NO AS "prodNo", p.PROD_NM AS name, sum(l.QTY)::int AS pieces, sum(l.LINE_CTS::bigint)::text AS cents
       FROM legacy.PRODUCT p JOIN legacy.ORDER_LINE l USING (PROD_NO) GROUP BY p.PROD_NO
       ORDER BY sum(l.LINE_CTS::bigint) DESC, p.PROD_NO`,
    );
    const cells = rows.map((row) => [
      link(`/products/${row.prodNo}`, row.prodNo),
      row.name,
      row.pieces,
      formatCents(row.cents),
    ]);
    await sendPage(
      request,
      response,
      'Sales by product',
      table(['Product', 'Name', 'Pieces', 'Turnover'], cells),
    );
  });

  app.get('/reports/turnover', access.keyOrLogin, async (_request, response) => {
    const YEARS = await database.rows<Year>(
      `SELECT to_char(ORD_TS, 'YYYY') AS "YEAR", count(*)::int AS "ORDERS", sum(TOT_CTS::bigint)::text AS "TOT_CTS"
       FROM legacy.ORDERS WHERE ORD_STAT <> 'C' GROUP BY 1 ORDER BY 1`,
    );
    response.json({ YEARS });
  });

  // Waits as a report does that nobody dared to index; holds no connection meanwhile.
  app.get('/reports/slow', access.keyOrLogin, async (request, response) => {
    const asked = Number(parameter(request, 'ms', /^\d{1,6}$/) ?? 1500);
    const waitedMs = Math.min(asked, MAX_SLOW_MS);
    await delay(waitedMs, undefined, { signal: endOf(response, stopping) }).catch(() => {});
    response.json({ WAITED_MS: waitedMs });
  });
}
