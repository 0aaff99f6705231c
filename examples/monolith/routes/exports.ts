import type { Express } from 'express';
import { columns, type Database } from '../db.ts';
import type { Parts } from '../parts.ts';
import { sendStream } from '../send-stream.ts';

/** Half a megabyte of lines: Postgres goes through all of them for each piece. */
const ORDERS_A_PIECE = 1000;
const names =
  'ORD_NO LINE_NO ORD_TS ORD_STAT CUST_NO CUST_NM EMAIL STREET ZIP CITY CTRY PHONE SKU PROD_NM CAT_NM QTY UNIT_CTS LINE_CTS CURR REMARK';

const cells = names.split(' ');

type LineRow = Record<string, string | number | null> & { ORD_NO: number };

export function addExportRoutes(app: Express, { database, access }: Parts): void {
  // One line for each line of an order: over 10 MB, of which no more than a piece is ever in memory.
  app.get('/export/orders.csv', access.keyOrLogin, async (request, response) => {
    response.attachment('orders.csv').setHeader('Content-Type', 'text/csv; charset=utf-8');
    await sendStream(request, response, csvPieces(database), true);
  });
}

/**
 * Goes through the orders by key instead of a cursor: a slow reader holds no connection between two pieces.
 * An order that is placed meanwhile comes at the end, one that is changed comes in one of its versions.
 */
async function* csvPieces(database: Database): AsyncGenerator<string> {
  yield csvLine(cells);
  for (let after = 0; ; ) {
    const rows = await readLines(database, after);
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.ORD_NO;
    yield rows.map((row) => csvLine(cells.map((name) => row[name]))).join('');
  }
}

const readLines = (database: Database, after: number) =>
  database.rows<LineRow>(
    `SELECT ${columns(names)} FROM (
       SELECT o.ORD_NO, l.LINE_NO, to_char(o.ORD_TS, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS ORD_TS, o.ORD_STAT, c.CUST_NO,
              coalesce(c.COMPANY_NM || ', ', '') || c.FIRST_NM || ' ' || c.LAST_NM AS CUST_NM, c.EMAIL, c.STREET,
              c.ZIP, c.CITY, c.CTRY, c.PHONE, p.SKU, p.PROD_NM, k.CAT_NM, l.QTY, l.UNIT_CTS, l.LINE_CTS, o.CURR, o.REMARK
       FROM (SELECT * FROM legacy.ORDERS WHERE ORD_NO > $1 ORDER BY ORD_NO LIMIT ${ORDERS_A_PIECE}) o
       JOIN legacy.CUSTOMER c USING (CUST_NO) JOIN legacy.ORDER_LINE l USING (ORD_NO)
       JOIN legacy.PRODUCT p USING (PROD_NO) JOIN legacy.CATEGORY k USING (CAT_CD)) lines
     ORDER BY ORD_NO, LINE_NO`,
    [after],
  );

/** RFC 4180: quotes where they are needed, doubled inside, lines that end in CRLF. */
function csvLine(values: readonly (string | number | null | undefined)[]): string {
  const quoted = values.map((value) => {
    const text = String(value ?? '');
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return `${quoted.join(',')}\r\n`;
}
