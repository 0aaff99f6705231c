import type { Database } from '../db.ts';
import { badField, notFound, Refusal } from '../refusal.ts';
import { answerBefore, type LoggedAnswer, requestHash } from './idempotency.ts';
import { methods, type PaymentRow, paymentColumns, paymentJson, paymentNumber } from './payment.ts';
import type { Psp } from './psp.ts';
import type { NewPayment } from './read-payment.ts';

type Parts = { database: Database; psp: Psp };

/** One request to capture or refund; without an amount it is all that is left, without `ifMatch` any version. */
export type Move = {
  paymentId: string;
  amountMinor: number | undefined;
  key: string;
  ifMatch: string | undefined;
};

export function authorise({ database, psp }: Parts, payment: NewPayment, key: string): Promise<LoggedAnswer> {
  return database.transaction(async (transaction) => {
    const hash = requestHash('authorise', '', payment);
    const before = await answerBefore(transaction, key, hash);
    if (before !== undefined) return before;
    const { orderNo, method, amountMinor, currency } = payment;
    const order = await transaction.row('SELECT 1 FROM legacy.ORDERS WHERE ORD_NO = $1', [orderNo]);
    if (order === undefined) throw badField('orderNo');
    const { approved, reference } = await psp.authorise({ amountMinor, currency, method }, key);
    const row = await transaction.row<PaymentRow>(
      `INSERT INTO legacy.PAYMENT (ORD_NO, PAY_TYP, PAY_STAT, AMT_CTS, CURR, PSP_REF)
       VALUES ($1, $2, $3, $4, $5, $6) RETURNING ${paymentColumns}`,
      [orderNo, methods[method], approved ? 'A' : 'F', String(amountMinor), currency, reference],
    );
    return log(transaction, 'A', row, { amountMinor, key, hash, status: 201 });
  });
}

export function capture({ database, psp }: Parts, move: Move): Promise<LoggedAnswer> {
  return changePayment(database, 'capture', move, async (transaction, row) => {
    if (row.PAY_STAT !== 'A') throw new Refusal('conflict', `Payment ${move.paymentId} is not authorised`);
    const amountMinor = move.amountMinor ?? Number(row.AMT_CTS);
    if (amountMinor > Number(row.AMT_CTS)) throw badField('amountMinor');
    if (row.PSP_REF !== null) await psp.capture(row.PSP_REF, amountMinor, move.key);
    return {
      amountMinor,
      row: await transaction.row<PaymentRow>(
        `UPDATE legacy.PAYMENT SET PAY_STAT = 'C', CAPT_CTS = $2, VERS = VERS + 1 WHERE PAY_NO = $1
         RETURNING ${paymentColumns}`,
        [row.PAY_NO, String(amountMinor)],
      ),
    };
  });
}

export function refund({ database, psp }: Parts, move: Move): Promise<LoggedAnswer> {
  return changePayment(database, 'refund', move, async (transaction, row) => {
    if (row.PAY_STAT !== 'C') throw new Refusal('conflict', `Payment ${move.paymentId} is not captured`);
    const left = Number(row.CAPT_CTS) - Number(row.REFD_CTS);
    const amountMinor = move.amountMinor ?? left;
    if (amountMinor > left) throw badField('amountMinor');
    if (row.PSP_REF !== null) await psp.refund(row.PSP_REF, amountMinor, move.key);
    return {
      amountMinor,
      row: await transaction.row<PaymentRow>(
        `UPDATE legacy.PAYMENT SET PAY_STAT = $3, REFD_CTS = $2, VERS = VERS + 1 WHERE PAY_NO = $1
         RETURNING ${paymentColumns}`,
        [row.PAY_NO, String(Number(row.REFD_CTS) + amountMinor), amountMinor === left ? 'R' : 'C'],
      ),
    };
  });
}

type Change = (
  transaction: Database,
  row: PaymentRow,
) => Promise<{ amountMinor: number; row: PaymentRow | undefined }>;

function changePayment(
  database: Database,
  action: 'capture' | 'refund',
  move: Move,
  change: Change,
): Promise<LoggedAnswer> {
  const { paymentId, key, ifMatch } = move;
  return database.transaction(async (transaction) => {
    const hash = requestHash(action, paymentId, { amountMinor: move.amountMinor });
    const before = await answerBefore(transaction, key, hash);
    if (before !== undefined) return before;
    const found = await transaction.row<PaymentRow>(
      `SELECT ${paymentColumns} FROM legacy.PAYMENT WHERE PAY_NO = $1 FOR UPDATE`,
      [paymentNumber(paymentId)],
    );
    if (found === undefined) throw notFound(`No payment ${paymentId}`);
    if (ifMatch !== undefined && ifMatch !== '*' && ifMatch !== `"${found.VERS}"`) {
      throw new Refusal('precondition_failed', `Payment ${paymentId} is at version ${found.VERS}`);
    }
    const { row, amountMinor } = await change(transaction, found);
    const letter = action === 'capture' ? 'C' : 'R';
    return log(transaction, letter, row, { amountMinor, key, hash, status: 200 });
  });
}

/** Keeps what was done and how it was answered, for whoever asks with the same key again. */
async function log(
  transaction: Database,
  action: 'A' | 'C' | 'R',
  row: PaymentRow | undefined,
  { amountMinor, key, hash, status }: { amountMinor: number; key: string; hash: string; status: number },
): Promise<LoggedAnswer> {
  if (row === undefined) throw new Error('Writing a payment returned no row');
  const text = JSON.stringify(paymentJson(row));
  await transaction.rows(
    `INSERT INTO legacy.PAY_LOG (PAY_NO, VERS, PAY_ACT, AMT_CTS, CAPT_CTS, REFD_CTS, IDEM_KEY, REQ_HASH, ANS_STAT, ANS_TXT)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [row.PAY_NO, row.VERS, action, String(amountMinor), row.CAPT_CTS, row.REFD_CTS, key, hash, status, text],
  );
  return { status, text };
}
