import { ApiError } from '@ficus/service-kit';
import { book } from '../ledger/book.ts';
import type { Move } from '../payment/requests.ts';
import { announce } from './announce.ts';
import type { Parts } from './authorise.ts';
import { paymentToMove, writeChange } from './change-payment.ts';
import { type Answer, once } from './once.ts';

/** Takes what was authorised, or a part of it, once; the rest is no longer held. */
export function capture({ pool, psp }: Parts, move: Move, key: string): Promise<Answer> {
  const { paymentId } = move;
  const fields = { amountMinor: move.amountMinor };
  return once(pool, { key, action: 'capture', paymentId, fields }, async (client) => {
    const before = await paymentToMove(client, move, key);
    if (before.status !== 'authorised') throw new ApiError(409, `Payment ${paymentId} is not authorised`);
    const authorisedMinor = Number(before.amount_minor);
    const amountMinor = move.amountMinor ?? authorisedMinor;
    if (amountMinor > authorisedMinor) throw new ApiError(400, 'Field amountMinor is invalid');
    await psp.capture(before.psp_reference, amountMinor, key);
    const row = await writeChange(client, before, {
      status: 'captured',
      capturedMinor: amountMinor,
      refundedMinor: 0,
    });
    await book(client, {
      paymentNo: row.payment_no,
      kind: 'capture',
      currency: row.currency,
      amountMinor,
      releasedMinor: authorisedMinor,
    });
    await announce(client, row, 'captured');
    return { row, amountMinor, status: 200 };
  });
}
