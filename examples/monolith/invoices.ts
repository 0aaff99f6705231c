import { columns, type Database } from './db.ts';
import type { Listing } from './listing.ts';

/** Dates are `YYYY-MM-DD`, amounts cents as strings. */
export type InvoiceRow = {
  INV_NO: number;
  ORD_NO: number;
  CUST_NO: number;
  INV_DT: string;
  DUE_DT: string;
  INV_STAT: 'O' | 'P';
  NET_CTS: string;
  VAT_CTS: string;
  GROSS_CTS: string;
  CURR: string;
};

export const invoiceStatusNames = { O: 'open', P: 'paid' };

// As text, because pg would make a Date at the local midnight of a date.
export const invoiceColumns = `${columns('INV_NO ORD_NO CUST_NO')}, INV_DT::text AS "INV_DT", DUE_DT::text AS "DUE_DT",
  ${columns('INV_STAT NET_CTS VAT_CTS GROSS_CTS CURR')}`;

/** Read by the JSON API, by the pages and by SOAP. */
export const findInvoice = (database: Database, invNo: number | undefined) =>
  database.row<InvoiceRow>(`SELECT ${invoiceColumns} FROM legacy.INVOICE WHERE INV_NO = $1`, [invNo]);

export const invoicesListing = (filter: {
  status?: string | undefined;
  custNo?: number | undefined;
}): Listing => ({
  columns: invoiceColumns,
  from: 'legacy.INVOICE',
  conditions: [
    { value: filter.status, sql: (p) => `INV_STAT = ${p}` },
    { value: filter.custNo, sql: (p) => `CUST_NO = ${p}` },
  ],
  orderBy: 'INV_NO DESC',
});
