import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MatchersV3, MessageConsumerPact } from '@pact-foundation/pact';
import { pactDirectory } from '../pact-directory.ts';
import { type MailRequested, readMailOrder } from './mail-order.ts';

const { integer, regex, uuid } = MatchersV3;

const directory = pactDirectory('mailer-payments.json');

for (const [template, description] of [
  ['receipt', 'a receipt is to be sent'],
  ['refund-note', 'a note of a refund is to be sent'],
] as const) {
  test(`${description}: the mailer knows to whom and by which template`, async () => {
    await new MessageConsumerPact({
      consumer: 'mailer',
      provider: 'payments',
      dir: directory,
      logLevel: 'error',
    })
      .expectsToReceive(description)
      .withContent({
        specversion: '1.0',
        id: uuid('3c1e1d7a-5a0f-4c57-9d1c-0d7b3f1f5a11'),
        type: 'mail.requested',
        data: { template, orderNo: integer(20_000), paymentId: regex('^PAY-\\d{6,}$', 'PAY-000017') },
      })
      .verify(async ({ contents }) => {
        const order = readMailOrder(contents as unknown as MailRequested);
        assert.equal(order.template, template);
        assert.equal(order.orderNo, 20_000);
      });
  });
}
