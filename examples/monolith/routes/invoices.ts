import type { Express, Request } from 'express';
import { formatCents } from '../cents.ts';
import { type Database, isDuplicate } from '../db.ts';
import { html, link, table } from '../html.ts';
import {
  findInvoice,
  type InvoiceRow,
  invoiceColumns,
  invoiceStatusNames,
  invoicesListing,
} from '../invoices.ts';
import { listingJson, pageNumber, parameter, readListing, rowNumber } from '../listing.ts';
import { pager, sendPage } from '../pages.ts';
import type { Parts } from '../parts.ts';
import { notFound, Refusal } from '../refusal.ts';
import { splitVat } from '../seed/money.ts';
import { sendText } from '../send-text.ts';

export function addInvoiceRoutes(app: Express, { database, access }: Parts): void {
  app.get('/api/invoices', access.keyOrLogin, async (request, response) => {
    response.json(await listingJson(database, invoicesListing(invoiceFilter(request)), request));
  });

  app.get('/api/invoices/:invNo', access.keyOrLogin, async (request, response) => {
    response.json(await invoiceAt(database, request.params.invNo));
  });

  app.post('/api/orders/:ordNo/invoice', access.keyOrLogin, async (request, response) => {
    const row = await invoiceOrder(database, request.params.ordNo);
    response.status(201).location(`/api/invoices/${row.INV_NO}`).json(row);
  });

  app.get('/invoices', access.login, async (request, response) => {
    const listing = invoicesListing(invoiceFilter(request));
    const { rows, total } = await readListing<InvoiceRow>(database, listing, pageNumber(request));
    const cells = rows.map((row) => [
      link(`/invoices/${row.INV_NO}`, row.INV_NO),
      link(`/orders/${row.ORD_NO}`, row.ORD_NO),
      row.INV_DT,
      row.DUE_DT,
      invoiceStatusNames[row.INV_STAT],
      `${formatCents(row.GROSS_CTS)} ${row.CURR}`,
    ]);
    const content = html`<p>${link('/invoices', 'all')} ${link('/invoices?status=O', 'open')}
${link('/invoices?status=P', 'paid')} · ${link('/soap/invoices?wsdl', 'SOAP service')}</p>
${table(['No', 'Order', 'Date', 'Due', 'Status', 'Gross'], cells)}${pager(request, total)}`;
    await sendPage(request, response, 'Invoices', content);
  });

  // Before the page below, whose path would take it for an invoice called "17.txt".
  app.get('/invoices/:invNo.txt', access.login, async (request, response) => {
    const invoice = await invoiceAt(database, request.params.invNo);
    // What the needle printer in accounting takes.
    const text = Buffer.from(printedInvoice(invoice), 'latin1');
    await sendText(request, response, 'text/plain; charset=ISO-8859-1', text);
  });

  app.get('/invoices/:invNo', access.login, async (request, response) => {
    const invoice = await invoiceAt(database, request.params.invNo);
    const content = html`<p>${link(`/orders/${invoice.ORD_NO}`, `Order ${invoice.ORD_NO}`)} of
${link(`/customers/${invoice.CUST_NO}`, `customer ${invoice.CUST_NO}`)}, ${invoice.INV_DT}, due ${invoice.DUE_DT},
${invoiceStatusNames[invoice.INV_STAT]}</p>
${table(['Net', 'VAT', 'Gross'], [[formatCents(invoice.NET_CTS), formatCents(invoice.VAT_CTS), formatCents(invoice.GROSS_CTS)]])}
<p>${link(`/invoices/${invoice.INV_NO}.txt`, 'For the printer')}</p>`;
    await sendPage(request, response, `Invoice ${invoice.INV_NO}`, content);
  });
}

function invoiceFilter(request: Request) {
  const custNo = parameter(request, 'custNo', /^\d{1,9}$/);
  return {
    status: parameter(request, 'status', /^[OP]$/),
    custNo: custNo === undefined ? undefined : Number(custNo),
  };
}

async function invoiceAt(database: Database, invNo: string): Promise<InvoiceRow> {
  const row = await findInvoice(database, rowNumber(invNo));
  if (row === undefined) throw notFound(`No invoice ${invNo}`);
  return row;
}

/** One invoice an order; the unique index decides between two clerks. */
async function invoiceOrder(database: Database, ordNo: string): Promise<InvoiceRow> {
  const order = await database.row<{ ORD_NO: number; TOT_CTS: string }>(
    'SELECT ORD_NO AS "ORD_NO", TOT_CTS AS "TOT_CTS" FROM legacy.ORDERS WHERE ORD_NO = $1',
    [rowNumber(ordNo)],
  );
  if (order === undefined) throw notFound(`No order ${ordNo}`);
  const { NET_CTS, VAT_CTS, GROSS_CTS } = splitVat(Number(order.TOT_CTS));
  try {
    const row = await database.row<InvoiceRow>(
      `INSERT INTO legacy.INVOICE (ORD_NO, CUST_NO, INV_STAT, NET_CTS, VAT_CTS, GROSS_CTS)
       SELECT ORD_NO, CUST_NO, 'O', $2, $3, $4 FROM legacy.ORDERS WHERE ORD_NO = $1 RETURNING ${invoiceColumns}`,
      [order.ORD_NO, NET_CTS, VAT_CTS, GROSS_CTS],
    );
    if (row === undefined) throw new Error('Inserting an invoice returned no row');
    return row;
  } catch (error) {
    if (isDuplicate(error)) throw new Refusal('conflict', `Order ${ordNo} has an invoice`);
    throw error;
  }
}

const printedInvoice = (invoice: InvoiceRow) => `Müller & Söhne · Große Straße 1 · 10115 Berlin

RECHNUNG ${invoice.INV_NO}            Datum ${invoice.INV_DT}, fällig ${invoice.DUE_DT}

Auftrag ${invoice.ORD_NO}, Kunde ${invoice.CUST_NO}
Netto        ${formatCents(invoice.NET_CTS)} ${invoice.CURR}
MwSt. 19 %   ${formatCents(invoice.VAT_CTS)} ${invoice.CURR}
Gesamt       ${formatCents(invoice.GROSS_CTS)} ${invoice.CURR}

Für Rückfragen wählen Sie bitte +49 30 555 0100.
`;
