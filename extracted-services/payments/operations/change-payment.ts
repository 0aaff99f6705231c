import { ApiError, isDryRun, type PoolClient } from '@ficus/service-kit';
import { adopt } from '../legacy/adopt.ts';
import { putBackBefore } from '../legacy/request-log.ts';
import { lockLegacyPayment } from '../legacy/write-back.ts';
import { type PaymentRow, paymentColumns, toPaymentNo } from '../payment/payment.ts';
import { lockPayment } from '../payment/queries.ts';
import type { Move } from '../payment/requests.ts';

export const noPayment = (paymentId: string) => new ApiError(404, `No payment ${paymentId}`);

/** The payment that a capture or refund is for, locked, at the version that the client expects. */
export async function paymentToMove(
  client: PoolClient,
  { paymentId, ifMatch }: Move,
  key: string,
): Promise<PaymentRow> {
  const paymentNo = toPaymentNo(paymentId);
  if (paymentNo === undefined) throw noPayment(paymentId);
  await lockLegacyPayment(client, paymentNo);
  const isPutBack = isDryRun() && (await putBackBefore(client, key));
  if (!isPutBack) await adopt(client, { paymentNo });
  const row = await lockPayment(client, paymentNo);
  if (row === undefined) throw noPayment(paymentId);
  if (ifMatch !== undefined && ifMatch !== '*' && ifMatch !== `"${row.version}"`) {
    throw new ApiError(412, `Payment ${paymentId} is at version ${row.version}`);
  }
  return row;
}

export type Change = { status: PaymentRow['status']; capturedMinor: number; refundedMinor: number };

/** Writes the change as the next version. */
export async function writeChange(client: PoolClient, row: PaymentRow, change: Change): Promise<PaymentRow> {
  const { rows } = await client.query<PaymentRow>(
    `WITH p AS (
       UPDATE payments.payment SET status = $3, captured_minor = $4, refunded_minor = $5, version = version + 1
       WHERE payment_no = $1 AND version = $2 RETURNING *
     ) SELECT ${paymentColumns} FROM p`,
    [row.payment_no, row.version, change.status, change.capturedMinor, change.refundedMinor],
  );
  if (rows[0] === undefined) throw new Error('A locked payment was changed by somebody else');
  return rows[0];
}
