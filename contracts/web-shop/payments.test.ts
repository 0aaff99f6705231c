import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MatchersV3, PactV4 } from '@pact-foundation/pact';
import { pactDirectory } from '../pact-directory.ts';
import { ServiceError } from './call-service.ts';
import { failure, isJson } from './expected-json.ts';
import { createPaymentsClient } from './payments-client.ts';

const { eachLike, fromProviderState, integer, regex } = MatchersV3;

const key = 'web-shop-0001';
const credentials = { 'X-Api-Key': fromProviderState('apiKey', 'an-api-key') };
const posting = {
  ...credentials,
  'Content-Type': 'application/json',
  'Idempotency-Key': fromProviderState('idempotencyKey', key),
};

const payment = {
  paymentId: regex('^PAY-\\d{6,}$', 'PAY-000017'),
  orderNo: integer(20_000),
  status: regex('^(authorised|captured|failed|refunded)$', 'captured'),
  currency: regex('^[A-Z]{3}$', 'EUR'),
  exponent: integer(2),
  amountMinor: integer(1299),
  capturedMinor: integer(1299),
  refundedMinor: integer(0),
  version: integer(2),
};
const authorised = { ...payment, orderNo: 20_000, status: 'authorised', amountMinor: 1299, capturedMinor: 0 };
const order = { orderNo: 20_000, method: 'card', amountMinor: 1299 } as const;
const pathOf = (action: string) =>
  fromProviderState(`/api/payments/\${paymentId}/${action}`, `/api/payments/PAY-000017/${action}`);

const pact = new PactV4({
  consumer: 'web-shop',
  provider: 'payments',
  dir: pactDirectory('web-shop-payments.json'),
  logLevel: 'error',
});

test('the payments of an order are listed', () =>
  pact
    .addInteraction()
    .given('a valid API key')
    .given('order 9 has payments')
    .uponReceiving('a request for the payments of order 9')
    .withRequest('GET', '/api/payments', (request) => request.query({ orderNo: '9' }).headers(credentials))
    .willRespondWith(200, (response) =>
      response.headers(isJson).jsonBody({ items: eachLike({ ...payment, orderNo: 9 }) }),
    )
    .executeTest(async ({ url }) => {
      const [found] = await createPaymentsClient(url, 'an-api-key').listOfOrder(9);
      assert.equal(found?.status, 'captured');
    }));

test('a payment is authorised', () =>
  pact
    .addInteraction()
    .given('a valid API key')
    .given('an Idempotency-Key that is free')
    .uponReceiving('a new payment by card')
    .withRequest('POST', '/api/payments', (request) => request.headers(posting).jsonBody(order))
    .willRespondWith(201, (response) =>
      response
        .headers({
          ...isJson,
          ETag: '"1"',
          Location: regex('^/api/payments/PAY-\\d{6,}$', '/api/payments/PAY-000017'),
        })
        .jsonBody({ ...authorised, version: 1 }),
    )
    .executeTest(async ({ url }) => {
      const made = await createPaymentsClient(url, 'an-api-key').authorise(key, order);
      assert.equal(made.status, 'authorised');
    }));

test('an authorised payment is captured', () =>
  pact
    .addInteraction()
    .given('a valid API key')
    .given('an Idempotency-Key that is free')
    .given('an authorised payment')
    .uponReceiving('the capture of an authorised payment')
    .withRequest('POST', pathOf('capture'), (request) => request.headers(posting).jsonBody({}))
    .willRespondWith(200, (response) =>
      response
        .headers({ ...isJson, ETag: '"2"' })
        .jsonBody({ ...payment, status: 'captured', capturedMinor: 1299, version: 2 }),
    )
    .executeTest(async ({ url }) => {
      const captured = await createPaymentsClient(url, 'an-api-key').capture(key, 'PAY-000017');
      assert.equal(captured.capturedMinor, 1299);
    }));

test('a refund of a payment that was changed since is refused', () =>
  pact
    .addInteraction()
    .given('a valid API key')
    .given('an Idempotency-Key that is free')
    .given('an authorised payment')
    .uponReceiving('the refund of a version that is not there any more')
    .withRequest('POST', pathOf('refund'), (request) =>
      request.headers({ ...posting, 'If-Match': '"7"' }).jsonBody({ amountMinor: 100 }),
    )
    .willRespondWith(412, (response) =>
      response.headers(isJson).jsonBody(failure('precondition_failed', 'Payment PAY-000017 is at version 2')),
    )
    .executeTest(async ({ url }) => {
      const seen = { paymentId: 'PAY-000017', version: 7 } as never;
      await assert.rejects(
        createPaymentsClient(url, 'an-api-key').refund(key, seen, 100),
        (error) => error instanceof ServiceError && error.status === 412,
      );
    }));

test('what is not captured is not refunded', () =>
  pact
    .addInteraction()
    .given('a valid API key')
    .given('an Idempotency-Key that is free')
    .given('an authorised payment')
    .uponReceiving('the refund of a payment that is only authorised')
    .withRequest('POST', pathOf('refund'), (request) =>
      request.headers({ ...posting, 'If-Match': '"1"' }).jsonBody({ amountMinor: 100 }),
    )
    .willRespondWith(409, (response) =>
      response.headers(isJson).jsonBody(failure('conflict', 'Payment PAY-000017 is not captured')),
    )
    .executeTest(async ({ url }) => {
      const seen = { paymentId: 'PAY-000017', version: 1 } as never;
      await assert.rejects(createPaymentsClient(url, 'an-api-key').refund(key, seen, 100), /not captured/);
    }));

test('a payment without an Idempotency-Key is refused', () =>
  pact
    .addInteraction()
    .given('a valid API key')
    .uponReceiving('a new payment without an Idempotency-Key')
    .withRequest('POST', '/api/payments', (request) =>
      request
        .headers({ ...credentials, 'Content-Type': 'application/json', 'Idempotency-Key': 'none' })
        .jsonBody(order),
    )
    .willRespondWith(400, (response) =>
      response
        .headers(isJson)
        .jsonBody({ error: { code: 'bad_request', message: 'Parameter Idempotency-Key is invalid' } }),
    )
    .executeTest(async ({ url }) => {
      await assert.rejects(
        createPaymentsClient(url, 'an-api-key').authorise('none', order),
        /Idempotency-Key is invalid/,
      );
    }));
