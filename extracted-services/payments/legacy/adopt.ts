import { inTransaction, type Pool, type PoolClient } from '@ficus/service-kit';
import { book } from '../ledger/book.ts';
import type { Payment } from '../payment/payment.ts';

/** A payment as the monolith has it, in our words. */
export type LegacyPayment = {
  paymentNo: number;
  orderNo: number;
  method: Payment['method'];
  status: Payment['status'];
  currency: string;
  amountMinor: number;
  capturedMinor: number;
  refundedMinor: number;
  version: number;
  pspReference: string | null;
  createdAt: Date;
};

/** Of `legacy.payment l`. */
export const legacyColumns = `l.pay_no AS "paymentNo", l.ord_no AS "orderNo",
  CASE l.pay_typ WHEN 'CC' THEN 'card' WHEN 'BT' THEN 'transfer' ELSE 'paypal' END AS method,
  CASE l.pay_stat WHEN 'A' THEN 'authorised' WHEN 'C' THEN 'captured' WHEN 'F' THEN 'failed' ELSE 'refunded' END AS status,
  l.curr::text AS currency, l.amt_cts::float8 AS "amountMinor", l.capt_cts::float8 AS "capturedMinor",
  l.refd_cts::float8 AS "refundedMinor", l.vers AS version, l.psp_ref AS "pspReference", l.pay_ts AS "createdAt"`;

export type Which = { paymentNo: number } | { orderNo: number };

/**
 * As long as the monolith takes payments too, what it did is taken over when it is asked for: rows that are not
 * here yet, or that it has changed since. There is no import that could be behind. What is to be read is read in the
 * same transaction, which for a copy leaves nothing here.
 */
export async function readUpToDate<Result>(
  pool: Pool,
  which: Which,
  read: (asked: Pool | PoolClient) => Promise<Result>,
): Promise<Result> {
  if ((await staleOnes(pool, which)).length === 0) return read(pool);
  return inTransaction(pool, async (client) => {
    await adopt(client, which);
    return read(client);
  });
}

/** The same within a transaction. */
export async function adopt(client: PoolClient, which: Which): Promise<void> {
  for (const { paymentNo } of await staleOnes(client, which)) {
    await client.query(`SELECT pg_advisory_xact_lock(hashtext('adopt payment'), $1)`, [paymentNo]);
    // Somebody else may have taken it over meanwhile.
    for (const payment of await staleOnes(client, { paymentNo })) await takeOver(client, payment);
  }
}

async function staleOnes(asked: Pool | PoolClient, which: Which): Promise<LegacyPayment[]> {
  const [column, value] = 'paymentNo' in which ? ['pay_no', which.paymentNo] : ['ord_no', which.orderNo];
  const { rows } = await asked.query<LegacyPayment>(
    `SELECT ${legacyColumns} FROM legacy.payment l LEFT JOIN payments.payment p ON p.payment_no = l.pay_no
     WHERE l.${column} = $1 AND (p.version IS NULL OR p.version < l.vers) ORDER BY l.pay_no`,
    [value],
  );
  return rows;
}

async function takeOver(client: PoolClient, payment: LegacyPayment): Promise<void> {
  const before = await amountsOf(client, payment.paymentNo);
  await writePayment(client, payment);
  const { paymentNo, currency, amountMinor, status } = payment;
  const booking = { paymentNo, currency };
  if (before === undefined && status !== 'failed') {
    await book(client, { ...booking, kind: 'authorise', amountMinor });
  }
  const captured = payment.capturedMinor - (before?.captured ?? 0);
  if (captured > 0) {
    await book(client, { ...booking, kind: 'capture', amountMinor: captured, releasedMinor: amountMinor });
  }
  const refunded = payment.refundedMinor - (before?.refunded ?? 0);
  if (refunded > 0) await book(client, { ...booking, kind: 'refund', amountMinor: refunded });
}

async function amountsOf(client: PoolClient, paymentNo: number) {
  const { rows } = await client.query<{ captured: number; refunded: number }>(
    `SELECT captured_minor::float8 AS captured, refunded_minor::float8 AS refunded
     FROM payments.payment WHERE payment_no = $1 FOR UPDATE`,
    [paymentNo],
  );
  return rows[0];
}

/** Writes the row as given, over the one that may be there. */
export async function writePayment(client: PoolClient, payment: LegacyPayment): Promise<void> {
  await client.query(
    `INSERT INTO payments.payment AS p (payment_no, order_no, method, status, currency, amount_minor,
       captured_minor, refunded_minor, version, psp_reference, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     ON CONFLICT (payment_no) DO UPDATE SET status = excluded.status, captured_minor = excluded.captured_minor,
       refunded_minor = excluded.refunded_minor, version = excluded.version`,
    [
      payment.paymentNo,
      payment.orderNo,
      payment.method,
      payment.status,
      payment.currency,
      payment.amountMinor,
      payment.capturedMinor,
      payment.refundedMinor,
      payment.version,
      payment.pspReference,
      payment.createdAt,
    ],
  );
}
