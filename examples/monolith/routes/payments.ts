import type { Express, Request } from 'express';
import { formatCents } from '../cents.ts';
import { columns, type Database } from '../db.ts';
import { html, link, table } from '../html.ts';
import { type Listing, listingJson, pageNumber, parameter, readListing, rowNumber } from '../listing.ts';
import { pager, sendPage } from '../pages.ts';
import type { Parts } from '../parts.ts';
import { readJson } from '../read-json.ts';
import { badField, notFound } from '../refusal.ts';

type PaymentRow = {
  PAY_NO: number;
  ORD_NO: number;
  PAY_TYP: 'CC' | 'BT' | 'PP';
  PAY_STAT: 'C' | 'F' | 'R';
  AMT_CTS: string;
  CURR: string;
  PAY_TS: Date;
};

const paymentColumns = columns('PAY_NO ORD_NO PAY_TYP PAY_STAT AMT_CTS CURR PAY_TS');
const typeNames = { CC: 'credit card', BT: 'bank transfer', PP: 'PayPal' };
const statusNames = { C: 'captured', F: 'failed', R: 'refunded' };

export function addPaymentRoutes(app: Express, { database, access }: Parts): void {
  app.get('/api/payments', access.keyOrLogin, async (request, response) => {
    response.json(await listingJson(database, paymentsListing(request), request));
  });

  app.get('/api/payments/:payNo', access.keyOrLogin, async (request, response) => {
    const { payNo } = request.params;
    const row = await database.row<PaymentRow>(
      `SELECT ${paymentColumns} FROM legacy.PAYMENT WHERE PAY_NO = $1`,
      [rowNumber(payNo)],
    );
    if (row === undefined) throw notFound(`No payment ${payNo}`);
    response.json(row);
  });

  app.post('/api/payments', access.keyOrLogin, readJson, async (request, response) => {
    const row = await insertPayment(database, request.body);
    response.status(201).location(`/api/payments/${row.PAY_NO}`).json(row);
  });

  app.get('/payments', access.login, async (request, response) => {
    const { rows, total } = await readListing<PaymentRow>(
      database,
      paymentsListing(request),
      pageNumber(request),
    );
    const choices = Object.entries(statusNames).map(
      ([code, name]) => html`${link(`/payments?status=${code}`, name)} `,
    );
    const cells = rows.map((row) => [
      row.PAY_NO,
      link(`/orders/${row.ORD_NO}`, row.ORD_NO),
      typeNames[row.PAY_TYP],
      statusNames[row.PAY_STAT],
      `${formatCents(row.AMT_CTS)} ${row.CURR}`,
      row.PAY_TS.toISOString().slice(0, 10),
    ]);
    const content = html`<p>${link('/payments', 'all')} ${choices}</p>
${table(['No', 'Order', 'Type', 'Status', 'Amount', 'Date'], cells)}${pager(request, total)}`;
    await sendPage(request, response, 'Payments', content);
  });
}

const paymentsListing = (request: Request): Listing => ({
  columns: paymentColumns,
  from: 'legacy.PAYMENT',
  conditions: [
    { value: parameter(request, 'status', /^[CFR]$/), sql: (p) => `PAY_STAT = ${p}` },
    { value: parameter(request, 'ordNo', /^\d{1,9}$/), sql: (p) => `ORD_NO = ${p}` },
  ],
  orderBy: 'PAY_NO DESC',
});

async function insertPayment(database: Database, body: unknown): Promise<PaymentRow> {
  const { ORD_NO, PAY_TYP, AMT_CTS } = body as Record<string, unknown>;
  if (typeof ORD_NO !== 'number' || rowNumber(String(ORD_NO)) === undefined) throw badField('ORD_NO');
  if (typeof PAY_TYP !== 'string' || !Object.hasOwn(typeNames, PAY_TYP)) throw badField('PAY_TYP');
  if (typeof AMT_CTS !== 'string' || !/^[1-9]\d{0,8}$/.test(AMT_CTS)) throw badField('AMT_CTS');
  const row = await database.row<PaymentRow>(
    `INSERT INTO legacy.PAYMENT (ORD_NO, PAY_TYP, PAY_STAT, AMT_CTS)
     SELECT ORD_NO, $2, 'C', $3 FROM legacy.ORDERS WHERE ORD_NO = $1 RETURNING ${paymentColumns}`,
    [ORD_NO, PAY_TYP, AMT_CTS],
  );
  if (row === undefined) throw badField('ORD_NO');
  return row;
}
