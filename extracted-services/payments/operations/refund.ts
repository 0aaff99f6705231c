import { ApiError } from '@ficus/service-kit';
import { book } from '../ledger/book.ts';
import type { Move } from '../payment/requests.ts';
import { announce } from './announce.ts';
import type { Parts } from './authorise.ts';
import { paymentToMove, writeChange } from './change-payment.ts';
import { type Answer, once } from './once.ts';

/** Gives back what was captured, or a part of it, until nothing is left. */
export function refund({ pool, psp }: Parts, move: Move, key: string): Promise<Answer> {
  const { paymentId } = move;
  const fields = { amountMinor: move.amountMinor };
  return once(pool, { key, action: 'refund', paymentId, fields }, async (client) => {
    const before = await paymentToMove(client, move, key);
    if (before.status !== 'captured') throw new ApiError(409, `Payment ${paymentId} is not captured`);
    const capturedMinor = Number(before.captured_minor);
    const leftMinor = capturedMinor - Number(before.refunded_minor);
    const amountMinor = move.amountMinor ?? leftMinor;
    if (amountMinor > leftMinor) throw new ApiError(400, 'Field amountMinor is invalid');
    await psp.refund(before.psp_reference, amountMinor, key);
    const row = await writeChange(client, before, {
      status: amountMinor === leftMinor ? 'refunded' : 'captured',
      capturedMinor,
      refundedMinor: Number(before.refunded_minor) + amountMinor,
    });
    await book(client, { paymentNo: row.payment_no, kind: 'refund', currency: row.currency, amountMinor });
    await announce(client, row, 'refunded');
    return { row, amountMinor, status: 200 };
  });
}
