import { createHash } from 'node:crypto';
import { ApiError, inTransaction, isCopy, type Pool, type PoolClient, refusedBy } from '@ficus/service-kit';
import { findLogged } from '../legacy/request-log.ts';
import { writeBack } from '../legacy/write-back.ts';
import { type Payment, type PaymentRow, toPayment } from '../payment/payment.ts';

export type Action = 'authorise' | 'capture' | 'refund';

/** An unsafe request. Two that ask for the same have the same `fields`, and so the same hash. */
export type KeyedRequest = { key: string; action: Action; paymentId: string; fields: object };

export type Answer = { status: number; payment: Payment };

/** What a request did: the row after it, the amount it was about, and the status to answer with. */
export type Outcome = { row: PaymentRow; amountMinor: number; status: number };

/**
 * Does the work of a request once for its Idempotency-Key, here or on the monolith: a second request with the key
 * gets the first one's answer, one that asks for something else is refused, one that comes while the first is under
 * way waits for it. Only what did something is kept: after a refusal the key is free.
 */
export function once(
  pool: Pool,
  request: KeyedRequest,
  work: (client: PoolClient) => Promise<Outcome>,
): Promise<Answer> {
  return inTransaction(pool, async (client) => {
    const hash = hashOf(request);
    // A copy waits for nobody and makes nobody wait.
    if (!isCopy()) await lockKey(client, request.key);
    const before = await answerBefore(client, request.key, hash);
    if (before !== undefined) return before;
    const { row, amountMinor, status } = await work(client);
    const payment = toPayment(row);
    const answer = JSON.stringify(payment);
    const { key, action } = request;
    await client.query(
      'INSERT INTO payments.idempotency_key (key, request_hash, status, answer) VALUES ($1, $2, $3, $4)',
      [key, hash, status, answer],
    );
    await writeBack(client, { row, action, amountMinor, key, hash, status, answer });
    return { status, payment };
  });
}

const hashOf = ({ action, paymentId, fields }: KeyedRequest): string =>
  createHash('sha256')
    .update(`${action} ${paymentId} ${JSON.stringify(fields)}`)
    .digest('hex');

const LOCK_NOT_AVAILABLE = '55P03';

/** The monolith takes the same lock. */
async function lockKey(client: PoolClient, key: string): Promise<void> {
  await client.query(`SET LOCAL lock_timeout = '5s'`);
  try {
    await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('payment ' || $1, 0))`, [key]);
  } catch (error) {
    if (refusedBy(error)?.code !== LOCK_NOT_AVAILABLE) throw error;
    throw new ApiError(409, `A request with Idempotency-Key ${key} is still under way`);
  }
}

async function answerBefore(client: PoolClient, key: string, hash: string): Promise<Answer | undefined> {
  const own = await findOwn(client, key);
  const before = own ?? (await findLogged(client, key));
  if (before === undefined) return undefined;
  if (before.hash !== hash) {
    throw new ApiError(422, `Idempotency-Key ${key} was used for another request`);
  }
  // What the monolith logged is the request that this is a copy of: what would we have answered?
  if (own === undefined && isCopy()) return undefined;
  return { status: before.status, payment: JSON.parse(before.answer) };
}

async function findOwn(client: PoolClient, key: string) {
  const { rows } = await client.query<{ hash: string; status: number; answer: string }>(
    'SELECT request_hash AS hash, status, answer FROM payments.idempotency_key WHERE key = $1',
    [key],
  );
  return rows[0];
}
