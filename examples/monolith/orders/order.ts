import { formatCents } from '../cents.ts';
import { columns } from '../db.ts';
import { type Html, link, table } from '../html.ts';
import type { Listing } from '../listing.ts';

export type OrderRow = {
  ORD_NO: number;
  CUST_NO: number;
  ORD_TS: Date;
  ORD_STAT: 'N' | 'P' | 'S' | 'R' | 'C';
  TOT_CTS: string;
  SHIP_CTS: string;
  CURR: string;
  REMARK: string | null;
  CANC_REAS: string | null;
};
export type OrderLineRow = {
  LINE_NO: number;
  PROD_NO: number;
  QTY: number;
  UNIT_CTS: string;
  LINE_CTS: string;
};

export const orderColumns = columns('ORD_NO CUST_NO ORD_TS ORD_STAT TOT_CTS SHIP_CTS CURR REMARK CANC_REAS');
export const orderStatusNames = { N: 'new', P: 'paid', S: 'shipped', R: 'returned', C: 'cancelled' };

export type OrderFilter = { status?: string | undefined; custNo?: number | undefined };

/** The newest first. */
export const ordersListing = ({ status, custNo }: OrderFilter): Listing => ({
  columns: orderColumns,
  from: 'legacy.ORDERS',
  conditions: [
    { value: status, sql: (p) => `ORD_STAT = ${p}` },
    { value: custNo, sql: (p) => `CUST_NO = ${p}` },
  ],
  orderBy: 'ORD_NO DESC',
});

export const orderTable = (rows: readonly OrderRow[]): Html =>
  table(
    ['Order', 'Customer', 'Time', 'Status', 'Total', 'Remark'],
    rows.map((row) => [
      link(`/orders/${row.ORD_NO}`, row.ORD_NO),
      link(`/customers/${row.CUST_NO}`, row.CUST_NO),
      row.ORD_TS.toISOString().slice(0, 16).replace('T', ' '),
      orderStatusNames[row.ORD_STAT],
      `${formatCents(row.TOT_CTS)} ${row.CURR}`,
      row.REMARK,
    ]),
  );
