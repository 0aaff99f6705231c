import type { PoolClient } from '@ficus/service-kit';
import { type LegacyPayment, legacyColumns, writePayment } from './adopt.ts';

/** What the monolith's log says of an Idempotency-Key. */
export type LoggedRequest = { hash: string; status: number; answer: string };

export async function findLogged(client: PoolClient, key: string): Promise<LoggedRequest | undefined> {
  const { rows } = await client.query<LoggedRequest>(
    'SELECT req_hash::text AS hash, ans_stat AS status, ans_txt AS answer FROM legacy.pay_log WHERE idem_key = $1',
    [key],
  );
  return rows[0];
}

/**
 * A copy comes after the monolith has answered: the payment is past what the copy asks for. In its transaction,
 * which is rolled back, the payment is put back to where it was before the request with this key. False when
 * the monolith did nothing for the key: then the payment is as it was.
 */
export async function putBackBefore(client: PoolClient, key: string): Promise<boolean> {
  type Logged = LegacyPayment & {
    act: string;
    version: number;
    log: { vers: number; captured: number; refunded: number; amount: number };
  };
  const { rows } = await client.query<Logged>(
    `SELECT ${legacyColumns}, log.pay_act AS act,
       json_build_object('vers', log.vers, 'captured', log.capt_cts::float8, 'refunded', log.refd_cts::float8,
         'amount', log.amt_cts::float8) AS log
     FROM legacy.pay_log log JOIN legacy.payment l USING (pay_no)
     WHERE log.idem_key = $1 AND log.pay_act IN ('C', 'R')`,
    [key],
  );
  const [found] = rows;
  if (found === undefined) return false;
  const { log, act, ...payment } = found;
  await writePayment(client, {
    ...payment,
    status: act === 'C' ? 'authorised' : 'captured',
    capturedMinor: act === 'C' ? 0 : log.captured,
    refundedMinor: act === 'C' ? 0 : log.refunded - log.amount,
    version: log.vers - 1,
  });
  return true;
}
