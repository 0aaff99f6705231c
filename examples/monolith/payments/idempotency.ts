import { createHash } from 'node:crypto';
import { type Database, isLockTimeout } from '../db.ts';
import { badParameter, Refusal } from '../refusal.ts';

/** What the request log says of a key that was used before. */
export type LoggedAnswer = { status: number; text: string };

export function readIdempotencyKey(header: string | undefined): string {
  if (header === undefined || !/^[\w.:-]{8,64}$/.test(header)) throw badParameter('Idempotency-Key');
  return header;
}

/** The same for requests that ask for the same: what they do, to what, and the fields as read. */
export const requestHash = (action: string, id: string, fields: object): string =>
  createHash('sha256')
    .update(`${action} ${id} ${JSON.stringify(fields)}`)
    .digest('hex');

/**
 * Waits until nobody else works with this key, and returns what it was answered by before. The lock and the log
 * are in the database, where everybody who writes payments asks for them.
 */
export async function answerBefore(
  transaction: Database,
  key: string,
  hash: string,
): Promise<LoggedAnswer | undefined> {
  await lockKey(transaction, key);
  const logged = await transaction.row<{ hash: string; status: number; text: string }>(
    `SELECT REQ_HASH AS hash, ANS_STAT AS status, ANS_TXT AS text FROM legacy.PAY_LOG WHERE IDEM_KEY = $1`,
    [key],
  );
  if (logged !== undefined && logged.hash !== hash) {
    throw new Refusal('unprocessable', `Idempotency-Key ${key} was used for another request`);
  }
  return logged;
}

async function lockKey(transaction: Database, key: string): Promise<void> {
  await transaction.rows(`SET LOCAL lock_timeout = '5s'`);
  try {
    await transaction.rows(`SELECT pg_advisory_xact_lock(hashtextextended('payment ' || $1, 0))`, [key]);
  } catch (error) {
    if (!isLockTimeout(error)) throw error;
    throw new Refusal('conflict', `A request with Idempotency-Key ${key} is still under way`);
  }
}
