import { markGeneratedIds, type Pool } from '@ficus/service-kit';
import type { Response, Router } from 'express';
import { readUpToDate } from '../legacy/adopt.ts';
import { authorise } from '../operations/authorise.ts';
import { capture } from '../operations/capture.ts';
import { noPayment } from '../operations/change-payment.ts';
import type { Answer } from '../operations/once.ts';
import { refund } from '../operations/refund.ts';
import type { Psp } from '../psp.ts';
import { toPaymentNo } from './payment.ts';
import { findPayment, listPayments } from './queries.ts';
import { keyOf, readMove, readNewPayment } from './requests.ts';

export type PaymentParts = { reads: Pool; writes: Pool; psp: Psp };

export function addPaymentRoutes(router: Router, { reads, writes, psp }: PaymentParts): void {
  const parts = { pool: writes, psp };

  router.get('/api/payments', async (request, response) => {
    const orderNo = Number(request.query['orderNo']);
    const items = await readUpToDate(reads, { orderNo }, (asked) => listPayments(asked, orderNo));
    ofTheMoment(response).json({ items });
  });

  router.get('/api/payments/:paymentId', async (request, response) => {
    const { paymentId } = request.params;
    const paymentNo = toPaymentNo(paymentId);
    if (paymentNo === undefined) throw noPayment(paymentId);
    const payment = await readUpToDate(reads, { paymentNo }, (asked) => findPayment(asked, paymentNo));
    if (payment === null) throw noPayment(paymentId);
    ofTheMoment(response).set('ETag', `"${payment.version}"`).json(payment);
  });

  router.post('/api/payments', async (request, response) => {
    const answer = await authorise(parts, readNewPayment(request), keyOf(request));
    markGeneratedIds(response, 'body:/paymentId', 'header:location');
    response.location(`/api/payments/${answer.payment.paymentId}`);
    send(response, answer);
  });

  router.post('/api/payments/:paymentId/capture', async (request, response) => {
    send(response, await capture(parts, readMove(request), keyOf(request)));
  });

  router.post('/api/payments/:paymentId/refund', async (request, response) => {
    send(response, await refund(parts, readMove(request), keyOf(request)));
  });
}

function send(response: Response, { status, payment }: Answer): void {
  ofTheMoment(response).status(status).set('ETag', `"${payment.version}"`).json(payment);
}

/** The monolith says the same of these answers. */
const ofTheMoment = (response: Response) => response.set('Cache-Control', 'private, no-cache');
