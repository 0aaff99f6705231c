import { randomInt } from 'node:crypto';
import { ApiError, isDryRun, type Pool, type PoolClient } from '@ficus/service-kit';
import { book } from '../ledger/book.ts';
import { type PaymentRow, paymentColumns } from '../payment/payment.ts';
import type { NewPayment } from '../payment/requests.ts';
import type { Psp } from '../psp.ts';
import { announce } from './announce.ts';
import { type Answer, once } from './once.ts';

export type Parts = { pool: Pool; psp: Psp };

/** Asks the provider for the money of an order; declined, the payment is there as well, and failed. */
export function authorise({ pool, psp }: Parts, payment: NewPayment, key: string): Promise<Answer> {
  return once(pool, { key, action: 'authorise', paymentId: '', fields: payment }, async (client) => {
    await requireOrder(client, payment.orderNo);
    const { approved, reference } = await psp.authorise(payment, key);
    const status = approved ? 'authorised' : 'failed';
    const { rows } = await client.query<PaymentRow>(
      `WITH p AS (
         INSERT INTO payments.payment (payment_no, order_no, method, status, currency, amount_minor, psp_reference)
         VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING *
       ) SELECT ${paymentColumns} FROM p`,
      [
        await newPaymentNo(client),
        payment.orderNo,
        payment.method,
        status,
        payment.currency,
        payment.amountMinor,
        reference,
      ],
    );
    const [row] = rows;
    if (row === undefined) throw new Error('Inserting a payment returned no row');
    const { amountMinor, currency } = payment;
    if (approved) {
      await book(client, { paymentNo: row.payment_no, kind: 'authorise', currency, amountMinor });
    }
    await announce(client, row, status);
    return { row, amountMinor, status: 201 };
  });
}

/** Orders are the monolith's. */
async function requireOrder(client: PoolClient, orderNo: number): Promise<void> {
  const { rowCount } = await client.query('SELECT 1 FROM legacy.orders WHERE ord_no = $1', [orderNo]);
  if (rowCount === 0) throw new ApiError(400, 'Field orderNo is invalid');
}

/** From the monolith's sequence; a dry run's is from far above, so that not even a gap in the numbers is left. */
async function newPaymentNo(client: PoolClient): Promise<number> {
  if (isDryRun()) return randomInt(2 ** 30, 2 ** 31);
  const { rows } = await client.query<{ no: number }>(`SELECT nextval('legacy.pay_no_seq')::integer AS no`);
  return rows[0]?.no ?? 0;
}
