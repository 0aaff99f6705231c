import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { MessageProviderPact, Verifier } from '@pact-foundation/pact';
import { Redis } from 'ioredis';
import { parseRoutes } from '../../../proxy/config/parse-routes.ts';
import { readProviderStates } from '../../../proxy/evidence/contracts/provider-states.ts';
import { setUpState } from '../../../proxy/evidence/contracts/set-up-state.ts';
import {
  API_KEY,
  type PaymentsEstate,
  post,
  startPaymentsEstate,
} from '../../../scripts/dry-run-proof/payments-estate.ts';

const contracts = path.join(import.meta.dirname, '../../../contracts');
let estate: PaymentsEstate;

before(async () => {
  estate = await startPaymentsEstate();
});
after(() => estate.stop());

test('the monolith keeps the contract of payments with the web shop', () => verify(estate.monolithUrl));

test('the payments service keeps the contract with the web shop', () => verify(estate.service.url));

test('what the payments service publishes keeps the contract of its events with the mailer', async () => {
  const { url, publishNow } = estate.service;
  const { paymentId } = await post(url, '/api/payments', {
    orderNo: 20_000,
    method: 'card',
    amountMinor: 500,
  });
  await post(url, `/api/payments/${paymentId}/capture`, {});
  await post(url, `/api/payments/${paymentId}/refund`, {});
  await publishNow();
  const published = await publishedEvents();
  const mail = (template: string) => async () => {
    const event = published.find(({ data }) => data.template === template && data.paymentId === paymentId);
    assert.ok(event, `No ${template} was published`);
    return event;
  };
  await new MessageProviderPact({
    provider: 'payments-events',
    pactUrls: [path.join(contracts, 'pacts/mailer-payments-events.json')],
    messageProviders: {
      'a receipt is to be sent': mail('receipt'),
      'a note of a refund is to be sent': mail('refund-note'),
    },
    logLevel: 'error',
  }).verify();
});

async function publishedEvents(): Promise<{ data: { template?: string; paymentId: string } }[]> {
  const redis = new Redis(estate.places.redisUrl);
  try {
    return (await redis.xrange('payments', '-', '+')).map(([, fields]) => JSON.parse(fields[1] ?? '{}'));
  } finally {
    redis.disconnect();
  }
}

/** With the states as `ficus verify` sets them up. */
async function verify(url: string): Promise<void> {
  const read = await readProviderStates(path.join(contracts, 'states'), 'payments');
  assert.ok(read.ok);
  const upstream = upstreamAt(url);
  const handlers = Object.entries(read.states).map(([name, state]) => [
    name,
    () => setUpState(state, upstream, { PACT_API_KEY: API_KEY }),
  ]);
  await new Verifier({
    provider: 'payments',
    providerBaseUrl: url,
    pactUrls: [path.join(contracts, 'pacts/web-shop-payments.json')],
    stateHandlers: Object.fromEntries(handlers),
    logLevel: 'error',
  }).verifyProvider();
}

function upstreamAt(url: string) {
  const parsed = parseRoutes(`upstreams: { side: { url: '${url}' } }\ndefault: side\n`, {
    file: 'routes.yaml',
    baseDir: '/',
  });
  assert.ok(parsed.ok);
  return parsed.model.upstreams[0]!;
}
