import { addEvent, type PoolClient } from '@ficus/service-kit';
import { type PaymentRow, toPayment } from '../payment/payment.ts';

/** Tells whoever listens, and asks for the mail where the customer gets one. */
export async function announce(client: PoolClient, row: PaymentRow, happened: Happened): Promise<void> {
  const payment = toPayment(row);
  const subject = payment.paymentId;
  await addEvent(client, 'payments', { type: `payment.${happened}`, subject, data: payment });
  const template = mails[happened];
  if (template === undefined) return;
  const { orderNo, paymentId } = payment;
  await addEvent(client, 'payments', {
    type: 'mail.requested',
    subject,
    data: { template, orderNo, paymentId },
  });
}

export type Happened = 'authorised' | 'failed' | 'captured' | 'refunded';

const mails: Partial<Record<Happened, string>> = { captured: 'receipt', refunded: 'refund-note' };
