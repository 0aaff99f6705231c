import type { Request } from 'express';
import type { Method } from './payment.ts';

/** What `POST /api/payments` brings. The order of the keys is part of the hash that the monolith makes, too. */
export type NewPayment = { orderNo: number; method: Method; amountMinor: number; currency: string };

/** What a capture or a refund brings; without an amount it is for all that is left. */
export type Move = {
  paymentId: string;
  amountMinor: number | undefined;
  /** An entity tag, `*`, or undefined for any version. */
  ifMatch: string | undefined;
};

/** The API file has been held against the body: only what is absent is to be filled in. */
export function readNewPayment({ body }: Request): NewPayment {
  const { orderNo, method, amountMinor, currency = 'EUR' } = body;
  return { orderNo, method, amountMinor, currency };
}

export const readMove = (request: Request): Move => ({
  paymentId: String(request.params['paymentId']),
  amountMinor: request.body.amountMinor,
  ifMatch: request.get('If-Match'),
});

export const keyOf = (request: Request): string => String(request.get('Idempotency-Key'));
