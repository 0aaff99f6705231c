import { isCopy, type PoolClient } from '@ficus/service-kit';
import type { PaymentRow } from '../payment/payment.ts';

export type Done = {
  row: PaymentRow;
  action: 'authorise' | 'capture' | 'refund';
  amountMinor: number;
  key: string;
  hash: string;
  status: number;
  answer: string;
};

/**
 * Writes what was done into the monolith's tables in the same transaction, so that rolling back to the monolith loses
 * nothing: neither the payment nor its key. A copy does not even try: its rows would make clients of the monolith
 * wait, and the key is in its log already.
 */
export async function writeBack(client: PoolClient, done: Done): Promise<void> {
  if (isCopy()) return;
  const { row } = done;
  await client.query(
    `INSERT INTO legacy.payment (pay_no, ord_no, pay_typ, pay_stat, amt_cts, capt_cts, refd_cts, curr, vers, psp_ref, pay_ts)
     VALUES ($1, $2, $3, $4, $5::bigint::text, $6::bigint::text, $7::bigint::text, $8, $9, $10, $11)
     ON CONFLICT (pay_no) DO UPDATE SET pay_stat = excluded.pay_stat, capt_cts = excluded.capt_cts,
       refd_cts = excluded.refd_cts, vers = excluded.vers`,
    [
      row.payment_no,
      row.order_no,
      types[row.method],
      statuses[row.status],
      row.amount_minor,
      row.captured_minor,
      row.refunded_minor,
      row.currency,
      row.version,
      row.psp_reference,
      row.created_at,
    ],
  );
  await client.query(
    `INSERT INTO legacy.pay_log (idem_key, pay_no, vers, pay_act, amt_cts, capt_cts, refd_cts, req_hash, ans_stat, ans_txt)
     VALUES ($1, $2, $3, $4, $5::bigint::text, $6::bigint::text, $7::bigint::text, $8, $9, $10)`,
    [
      done.key,
      row.payment_no,
      row.version,
      done.action === 'authorise' ? 'A' : done.action === 'capture' ? 'C' : 'R',
      done.amountMinor,
      row.captured_minor,
      row.refunded_minor,
      done.hash,
      done.status,
      done.answer,
    ],
  );
}

/** The monolith changes a payment only while it holds this lock. */
export async function lockLegacyPayment(client: PoolClient, paymentNo: number): Promise<void> {
  if (isCopy()) return;
  await client.query('SELECT 1 FROM legacy.payment WHERE pay_no = $1 FOR UPDATE', [paymentNo]);
}

const types = { card: 'CC', transfer: 'BT', paypal: 'PP' } as const;
const statuses = { authorised: 'A', captured: 'C', failed: 'F', refunded: 'R' } as const;
