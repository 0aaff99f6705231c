import type { Express, Request, Response } from 'express';
import type { Parts } from '../parts.ts';
import { authorise, capture, refund } from '../payments/book-payment.ts';
import { type LoggedAnswer, readIdempotencyKey } from '../payments/idempotency.ts';
import { type PaymentRow, paymentColumns, paymentJson, paymentNumber } from '../payments/payment.ts';
import { addPaymentPages } from '../payments/payment-pages.ts';
import { readAmount, readNewPayment } from '../payments/read-payment.ts';
import { readJson } from '../read-json.ts';
import { badParameter, notFound } from '../refusal.ts';

/** The API is for the shop's own machines; people have the page. */
export function addPaymentRoutes(app: Express, parts: Parts): void {
  const { database, access } = parts;

  app.get('/api/payments', access.key, async (request, response) => {
    const rows = await database.rows<PaymentRow>(
      `SELECT ${paymentColumns} FROM legacy.PAYMENT WHERE ORD_NO = $1 ORDER BY PAY_NO DESC`,
      [orderNumber(request)],
    );
    ofTheMoment(response).json({ items: rows.map(paymentJson) });
  });

  app.get('/api/payments/:paymentId', access.key, async (request, response) => {
    const { paymentId } = request.params;
    const row = await database.row<PaymentRow>(
      `SELECT ${paymentColumns} FROM legacy.PAYMENT WHERE PAY_NO = $1`,
      [paymentNumber(paymentId)],
    );
    if (row === undefined) throw notFound(`No payment ${paymentId}`);
    ofTheMoment(response).set('ETag', `"${row.VERS}"`).json(paymentJson(row));
  });

  app.post('/api/payments', access.key, readJson, async (request, response) => {
    const key = readIdempotencyKey(request.get('Idempotency-Key'));
    const answer = await authorise(parts, readNewPayment(request.body), key);
    sendAnswer(response, answer);
  });

  for (const [action, book] of Object.entries({ capture, refund })) {
    app.post(`/api/payments/:paymentId/${action}`, access.key, readJson, async (request, response) => {
      const move = {
        key: readIdempotencyKey(request.get('Idempotency-Key')),
        ifMatch: request.get('If-Match'),
        paymentId: String(request.params['paymentId']),
        ...readAmount(request.body),
      };
      sendAnswer(response, await book(parts, move));
    });
  }

  addPaymentPages(app, parts);
}

/** The first answer or the same one again. */
function sendAnswer(response: Response, { status, text }: LoggedAnswer): void {
  const { paymentId, version } = JSON.parse(text);
  if (status === 201) response.location(`/api/payments/${paymentId}`);
  ofTheMoment(response).status(status).set('ETag', `"${version}"`).type('json').send(text);
}

const ofTheMoment = (response: Response) => response.set('Cache-Control', 'private, no-cache');

function orderNumber(request: Request): number {
  const { orderNo } = request.query;
  if (typeof orderNo !== 'string' || !/^[1-9]\d{0,8}$/.test(orderNo)) throw badParameter('orderNo');
  return Number(orderNo);
}
