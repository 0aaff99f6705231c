import type { Express, Request } from 'express';
import { formatCents } from '../cents.ts';
import { html, link, table } from '../html.ts';
import { type Listing, pageNumber, parameter, readListing } from '../listing.ts';
import { pager, sendPage } from '../pages.ts';
import type { Parts } from '../parts.ts';
import { exponents, type PaymentRow, paymentColumns, statusNames, typeNames } from './payment.ts';

export function addPaymentPages(app: Express, { database, access }: Parts): void {
  app.get('/payments', access.login, async (request, response) => {
    const listing = paymentsListing(request);
    const { rows, total } = await readListing<PaymentRow>(database, listing, pageNumber(request));
    const choices = Object.entries(statusNames).map(
      ([code, name]) => html`${link(`/payments?status=${code}`, name)} `,
    );
    const cells = rows.map((row) => [
      row.PAY_NO,
      link(`/orders/${row.ORD_NO}`, row.ORD_NO),
      typeNames[row.PAY_TYP],
      statusNames[row.PAY_STAT],
      `${formatMinor(row)} ${row.CURR}`,
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
    { value: parameter(request, 'status', /^[ACFR]$/), sql: (p) => `PAY_STAT = ${p}` },
    { value: parameter(request, 'ordNo', /^\d{1,9}$/), sql: (p) => `ORD_NO = ${p}` },
  ],
  orderBy: 'PAY_NO DESC',
});

function formatMinor({ AMT_CTS, CURR }: PaymentRow): string {
  const exponent = exponents[CURR] ?? 2;
  return exponent === 2 ? formatCents(AMT_CTS) : (Number(AMT_CTS) / 10 ** exponent).toFixed(exponent);
}
