import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Redis } from 'ioredis';
import { startVerificationRunner } from '../../../proxy/evidence/contracts/run-verification.ts';
import {
  API_KEY,
  type PaymentsEstate,
  post,
  startPaymentsEstate,
} from '../../../scripts/dry-run-proof/payments-estate.ts';
import { verifyPacts } from '../../support/verify-pacts.ts';

let estate: PaymentsEstate;

before(async () => {
  estate = await startPaymentsEstate();
});
after(() => estate.stop());

test('the monolith and the payments service keep the contracts, what is published among them', async () => {
  const runner = startVerificationRunner();
  const { results, problems } = await verifyPacts({
    service: 'payments',
    urls: { monolith: estate.monolithUrl, service: estate.service.url },
    apiKey: API_KEY,
    runner,
  }).finally(() => runner.close());
  assert.deepEqual(problems, []);
  assert.deepEqual(
    results.map(({ evidence: { side, consumer }, failures, warnings }) => [
      side,
      consumer,
      failures,
      warnings,
    ]),
    [
      ['service', 'mailer', [], []],
      ['monolith', 'web-shop', [], []],
      ['service', 'web-shop', [], []],
    ],
  );
});

test('the message that contracts are held against is like the published one, and is not published', async () => {
  const { url, publishNow } = estate.service;
  const { paymentId } = await post(url, '/api/payments', {
    orderNo: 20_000,
    method: 'card',
    amountMinor: 500,
  });
  await post(url, `/api/payments/${paymentId}/capture`, {});
  const example = await askForMessage('a receipt is to be sent');
  assert.equal(example.status, 200);
  await publishNow();
  const published = await publishedEvents();
  const mailOf = (id: string | undefined) =>
    published.find(({ type, data }) => type === 'mail.requested' && data['paymentId'] === id);
  assert.deepEqual(shapeOf(example.message), shapeOf(mailOf(paymentId)));
  assert.equal(mailOf((example.message['data'] as { paymentId: string }).paymentId), undefined);
});

test('a message that the service does not know is 404, and the answer says which there are', async () => {
  const { status, message } = await askForMessage('a parcel is to be sent');
  assert.equal(status, 404);
  assert.match(message['detail'] as string, /there are: a receipt is to be sent, a note of a refund/);
});

async function askForMessage(description: string) {
  const response = await fetch(`${estate.service.url}/.well-known/ficus/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ description, providerStates: [] }),
  });
  return { status: response.status, message: (await response.json()) as Record<string, unknown> };
}

/** Names and types, two levels deep. */
function shapeOf(event: object | undefined): unknown {
  return Object.entries(event ?? {})
    .map(([name, value]) => [
      name,
      typeof value === 'object' && value !== null ? Object.keys(value).sort() : typeof value,
    ])
    .sort();
}

async function publishedEvents(): Promise<{ type: string; data: Record<string, unknown> }[]> {
  const redis = new Redis(estate.places.redisUrl);
  try {
    return (await redis.xrange('payments', '-', '+')).map(([, fields]) => JSON.parse(fields[1] ?? '{}'));
  } finally {
    redis.disconnect();
  }
}
