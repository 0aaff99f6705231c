import type { ContractMessages } from '@ficus/service-kit';
import type { PaymentRow } from '../payment/payment.ts';
import { announce, type Happened } from './announce.ts';

/** What the mailer's pact knows of: announced like any payment, of one that is made up. */
export const contractMessages: ContractMessages['messages'] = {
  'a receipt is to be sent': mailAfter('captured'),
  'a note of a refund is to be sent': mailAfter('refunded'),
};

function mailAfter(happened: Happened): ContractMessages['messages'][string] {
  return { type: 'mail.requested', add: (client) => announce(client, example, happened) };
}

const example: PaymentRow = {
  payment_no: 17,
  order_no: 20_000,
  method: 'card',
  status: 'captured',
  currency: 'EUR',
  exponent: 2,
  amount_minor: '1299',
  captured_minor: '1299',
  refunded_minor: '0',
  version: 2,
  psp_reference: null,
  created_at: new Date(0),
};
