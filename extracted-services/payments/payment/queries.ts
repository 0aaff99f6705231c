import type { Pool, PoolClient } from '@ficus/service-kit';
import { type Payment, type PaymentRow, paymentColumns, toPayment } from './payment.ts';

export async function findPayment(asked: Pool | PoolClient, paymentNo: number): Promise<Payment | null> {
  const { rows } = await asked.query<PaymentRow>(
    `SELECT ${paymentColumns} FROM payments.payment p WHERE payment_no = $1`,
    [paymentNo],
  );
  return rows[0] === undefined ? null : toPayment(rows[0]);
}

/** The newest first. */
export async function listPayments(asked: Pool | PoolClient, orderNo: number): Promise<Payment[]> {
  const { rows } = await asked.query<PaymentRow>(
    `SELECT ${paymentColumns} FROM payments.payment p WHERE order_no = $1 ORDER BY payment_no DESC`,
    [orderNo],
  );
  return rows.map(toPayment);
}

/** Until the end of the transaction, nobody else changes it. */
export async function lockPayment(client: PoolClient, paymentNo: number): Promise<PaymentRow | undefined> {
  const { rows } = await client.query<PaymentRow>(
    `SELECT ${paymentColumns} FROM payments.payment p WHERE payment_no = $1 FOR UPDATE OF p`,
    [paymentNo],
  );
  return rows[0];
}
