import { date, timestamp } from './dates.ts';
import { type OrderRow, orderDay } from './orders.ts';
import type { Random } from './random.ts';

export type PaymentRow = {
  PAY_NO: number;
  ORD_NO: number;
  PAY_TYP: string;
  PAY_STAT: string;
  AMT_CTS: string;
  CAPT_CTS: string;
  REFD_CTS: string;
  CURR: string;
  VERS: number;
  PAY_TS: string;
};
export const paymentTypes = {
  PAY_NO: 'integer',
  ORD_NO: 'integer',
  PAY_TYP: 'text',
  PAY_STAT: 'text',
  AMT_CTS: 'text',
  CAPT_CTS: 'text',
  REFD_CTS: 'text',
  CURR: 'text',
  VERS: 'integer',
  PAY_TS: 'timestamptz',
};

export type InvoiceRow = {
  INV_NO: number;
  ORD_NO: number;
  CUST_NO: number;
  INV_DT: string;
  DUE_DT: string;
  INV_STAT: string;
  NET_CTS: string;
  VAT_CTS: string;
  GROSS_CTS: string;
  CURR: string;
};
export const invoiceTypes = {
  INV_NO: 'integer',
  ORD_NO: 'integer',
  CUST_NO: 'integer',
  INV_DT: 'date',
  DUE_DT: 'date',
  INV_STAT: 'text',
  NET_CTS: 'text',
  VAT_CTS: 'text',
  GROSS_CTS: 'text',
  CURR: 'text',
};

/** Some payments fail before one is captured; what came back was refunded; new orders have not been paid. */
export function makePayments(random: Random, orders: readonly OrderRow[]): PaymentRow[] {
  const payments: PaymentRow[] = [];
  for (const order of orders) {
    for (const status of paymentSteps(random, order.ORD_STAT)) {
      payments.push({
        PAY_NO: payments.length + 1,
        ORD_NO: order.ORD_NO,
        PAY_TYP: random.pick(['CC', 'CC', 'PP', 'BT']),
        PAY_STAT: status,
        AMT_CTS: order.TOT_CTS,
        ...bookedSoFar(status, order.TOT_CTS),
        CURR: order.CURR,
        PAY_TS: timestamp(
          orderDay(order.ORD_NO, orders.length) + random.int(0, 3),
          random.int(57_000, 80_000),
        ),
      });
    }
  }
  return payments;
}

/** Authorised, then captured, then refunded: a version for each. */
function bookedSoFar(status: string, amount: string): Pick<PaymentRow, 'CAPT_CTS' | 'REFD_CTS' | 'VERS'> {
  if (status === 'F') return { CAPT_CTS: '0', REFD_CTS: '0', VERS: 1 };
  if (status === 'C') return { CAPT_CTS: amount, REFD_CTS: '0', VERS: 2 };
  return { CAPT_CTS: amount, REFD_CTS: amount, VERS: 3 };
}

function paymentSteps(random: Random, orderStatus: string): string[] {
  switch (orderStatus) {
    case 'N':
      return [];
    case 'C':
      return ['F'];
    case 'R':
      return ['C', 'R'];
    default:
      return random.chance(0.08) ? ['F', 'C'] : ['C'];
  }
}

/** Whatever was shipped has an invoice; the very last ones are still open. */
export function makeInvoices(random: Random, orders: readonly OrderRow[]): InvoiceRow[] {
  return orders
    .filter((order) => order.ORD_STAT === 'S' || order.ORD_STAT === 'R')
    .map((order, index) => {
      const day = orderDay(order.ORD_NO, orders.length) + random.int(1, 4);
      return {
        INV_NO: index + 1,
        ORD_NO: order.ORD_NO,
        CUST_NO: order.CUST_NO,
        INV_DT: date(day),
        DUE_DT: date(day + 14),
        INV_STAT: order.ORD_NO > orders.length - 600 && random.chance(0.5) ? 'O' : 'P',
        ...splitVat(Number(order.TOT_CTS)),
        CURR: order.CURR,
      };
    });
}

/** Cents as strings; 19 % VAT is inside the gross amount. */
export function splitVat(grossCents: number): Pick<InvoiceRow, 'NET_CTS' | 'VAT_CTS' | 'GROSS_CTS'> {
  const netCents = Math.round((grossCents * 100) / 119);
  return {
    NET_CTS: String(netCents),
    VAT_CTS: String(grossCents - netCents),
    GROSS_CTS: String(grossCents),
  };
}
