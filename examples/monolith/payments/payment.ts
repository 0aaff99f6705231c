import { columns } from '../db.ts';

/** A row of legacy.PAYMENT. */
export type PaymentRow = {
  PAY_NO: number;
  ORD_NO: number;
  PAY_TYP: 'CC' | 'BT' | 'PP';
  PAY_STAT: 'A' | 'C' | 'F' | 'R';
  AMT_CTS: string;
  CAPT_CTS: string;
  REFD_CTS: string;
  CURR: string;
  VERS: number;
  PSP_REF: string | null;
  PAY_TS: Date;
};

export const paymentColumns = columns(
  'PAY_NO ORD_NO PAY_TYP PAY_STAT AMT_CTS CAPT_CTS REFD_CTS CURR VERS PSP_REF PAY_TS',
);

export const typeNames = { CC: 'credit card', BT: 'bank transfer', PP: 'PayPal' };
export const statusNames = { A: 'authorised', C: 'captured', F: 'failed', R: 'refunded' };

/** What clients call the types. */
export const methods = { card: 'CC', transfer: 'BT', paypal: 'PP' } as const;
const methodOf = { CC: 'card', BT: 'transfer', PP: 'paypal' } as const;

/** Decimals of the currencies that the shop takes (ISO 4217). */
export const exponents: Readonly<Record<string, number>> = { EUR: 2, CHF: 2, GBP: 2, USD: 2, JPY: 0, KWD: 3 };

/** What clients see; the order of the keys is part of the bytes they get. */
export const paymentJson = (row: PaymentRow) => ({
  paymentId: paymentId(row.PAY_NO),
  orderNo: row.ORD_NO,
  method: methodOf[row.PAY_TYP],
  status: statusNames[row.PAY_STAT],
  currency: row.CURR,
  exponent: exponents[row.CURR] ?? 2,
  amountMinor: Number(row.AMT_CTS),
  capturedMinor: Number(row.CAPT_CTS),
  refundedMinor: Number(row.REFD_CTS),
  version: row.VERS,
  createdAt: row.PAY_TS.toISOString(),
});

export const paymentId = (payNo: number) => `PAY-${String(payNo).padStart(6, '0')}`;

/** The number in `PAY-000017`; null for what is no payment's id. */
export function paymentNumber(id: string): number | null {
  const digits = /^PAY-(\d{6,})$/.exec(id)?.[1];
  const number = Number(digits);
  return number <= 2 ** 31 - 1 ? number : null;
}
