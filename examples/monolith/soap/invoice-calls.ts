import type { Database } from '../db.ts';
import { type Html, html } from '../html.ts';
import { findInvoice, type InvoiceRow, invoiceStatusNames, invoicesListing } from '../invoices.ts';
import { readListing, rowNumber } from '../listing.ts';
import { SoapFault } from './envelope.ts';
import type { XmlElement } from './parse-xml.ts';
import { invoicesNamespace } from './wsdl.ts';

/** Answers one call with the content of the answer's body. */
export async function answerCall(database: Database, call: XmlElement): Promise<Html> {
  if (call.namespace === invoicesNamespace && call.name === 'GetInvoice') return getInvoice(database, call);
  if (call.namespace === invoicesNamespace && call.name === 'ListInvoices')
    return listInvoices(database, call);
  throw new SoapFault('Client', `There is no call {${call.namespace}}${call.name}`);
}

async function getInvoice(database: Database, call: XmlElement): Promise<Html> {
  const number = numberIn(call, 'invoiceNumber');
  if (number === undefined) throw new SoapFault('Client', 'invoiceNumber is missing');
  const invoice = await findInvoice(database, number);
  if (invoice === undefined) throw new SoapFault('Client', `No invoice ${number}`);
  return html`<GetInvoiceResponse xmlns="${invoicesNamespace}">${invoiceXml(invoice)}</GetInvoiceResponse>`;
}

async function listInvoices(database: Database, call: XmlElement): Promise<Html> {
  const custNo = numberIn(call, 'customerNumber');
  if (custNo === undefined) throw new SoapFault('Client', 'customerNumber is missing');
  const page = numberIn(call, 'page') ?? 1;
  if (page < 1) throw new SoapFault('Client', 'page is not a page');
  const { rows, total } = await readListing<InvoiceRow>(database, invoicesListing({ custNo }), page);
  return html`<ListInvoicesResponse xmlns="${invoicesNamespace}"><total>${total}</total>${rows.map(invoiceXml)}</ListInvoicesResponse>`;
}

function numberIn(call: XmlElement, name: string): number | undefined {
  const element = call.children.find((child) => child.name === name && child.namespace === invoicesNamespace);
  if (element === undefined) return undefined;
  const number = rowNumber(element.text.trim());
  if (number === undefined) throw new SoapFault('Client', `${name} is not a number`);
  return number;
}

const invoiceXml = (invoice: InvoiceRow) => html`<invoice><invoiceNumber>${invoice.INV_NO}</invoiceNumber>
<orderNumber>${invoice.ORD_NO}</orderNumber><customerNumber>${invoice.CUST_NO}</customerNumber>
<date>${invoice.INV_DT}</date><dueDate>${invoice.DUE_DT}</dueDate><status>${invoiceStatusNames[invoice.INV_STAT]}</status>
<netCents>${invoice.NET_CTS}</netCents><vatCents>${invoice.VAT_CTS}</vatCents><grossCents>${invoice.GROSS_CTS}</grossCents>
<currency>${invoice.CURR}</currency></invoice>`;
