export const methods = ['card', 'transfer', 'paypal'] as const;
export type Method = (typeof methods)[number];

/** A payment as clients see it. The order of the keys is part of the bytes that they get. */
export type Payment = {
  paymentId: string;
  orderNo: number;
  method: Method;
  status: 'authorised' | 'captured' | 'failed' | 'refunded';
  currency: string;
  /** Decimals of the currency: 1299 with exponent 2 is 12.99. */
  exponent: number;
  amountMinor: number;
  capturedMinor: number;
  refundedMinor: number;
  version: number;
  /** ISO 8601. */
  createdAt: string;
};

/** A row of payments.payment with its currency's exponent; Postgres' bigint comes as text. */
export type PaymentRow = {
  payment_no: number;
  order_no: number;
  method: Method;
  status: Payment['status'];
  currency: string;
  exponent: number;
  amount_minor: string;
  captured_minor: string;
  refunded_minor: string;
  version: number;
  psp_reference: string | null;
  created_at: Date;
};

/** Of `payments.payment p`. */
export const paymentColumns = `p.payment_no, p.order_no, p.method, p.status, p.currency,
  (SELECT exponent FROM payments.currency WHERE code = p.currency) AS exponent,
  p.amount_minor, p.captured_minor, p.refunded_minor, p.version, p.psp_reference, p.created_at`;

export const toPayment = (row: PaymentRow): Payment => ({
  paymentId: toPaymentId(row.payment_no),
  orderNo: row.order_no,
  method: row.method,
  status: row.status,
  currency: row.currency,
  exponent: row.exponent,
  amountMinor: Number(row.amount_minor),
  capturedMinor: Number(row.captured_minor),
  refundedMinor: Number(row.refunded_minor),
  version: row.version,
  createdAt: row.created_at.toISOString(),
});

export const toPaymentId = (paymentNo: number) => `PAY-${String(paymentNo).padStart(6, '0')}`;

/** The number in `PAY-000017`; undefined for what can't be a payment's id. */
export function toPaymentNo(paymentId: string): number | undefined {
  const paymentNo = Number(/^PAY-(\d{6,})$/.exec(paymentId)?.[1]);
  return paymentNo < 2 ** 31 ? paymentNo : undefined;
}
