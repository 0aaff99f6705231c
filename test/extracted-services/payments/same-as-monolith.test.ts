import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import {
  API_KEY,
  type PaymentsEstate,
  startPaymentsEstate,
} from '../../../scripts/dry-run-proof/payments-estate.ts';

let estate: PaymentsEstate;
let sides: Record<'monolith' | 'service', string>;

before(async () => {
  estate = await startPaymentsEstate();
  sides = { monolith: estate.monolithUrl, service: estate.service.url };
});
after(() => estate.stop());

type Answer = { status: number; headers: Record<string, string>; body: string };

async function ask(url: string, path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url + path, { ...init, headers: { 'X-Api-Key': API_KEY, ...init.headers } });
  const headers = Object.fromEntries(response.headers);
  for (const name of ['date', 'x-powered-by', 'connection', 'keep-alive']) delete headers[name];
  return { status: response.status, headers, body: await response.text() };
}

async function answersAreTheSame(path: string, init: RequestInit = {}, what = path): Promise<Answer> {
  const control = await ask(sides.monolith, path, init);
  assert.deepEqual(await ask(sides.service, path, init), control, what);
  return control;
}

const posts = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID(), ...headers },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

const paymentOf = ({ body }: Answer) => JSON.parse(body) as { paymentId: string; version: number };

const paths = [
  '/api/payments',
  '/api/payments?orderNo=9',
  '/api/payments?orderNo=999999',
  '/api/payments?orderNo=0',
  '/api/payments?orderNo=1e3',
  '/api/payments?orderNo=1&orderNo=2',
  '/api/payments?orderNo[]=1',
  '/api/payments?orderNo=1&x=2',
  '/api/payments/PAY-000009',
  '/api/payments/PAY-000009/',
  '/api/payments/PAY-9',
  '/api/payments/PAY-999999',
  '/api/payments/PAY-99999999999',
  '/api/payments/x',
];

test('every read is answered with the same status, headers and bytes, by GET and HEAD', async () => {
  for (const path of paths) {
    await answersAreTheSame(path);
    await answersAreTheSame(path, { method: 'HEAD' });
  }
  await answersAreTheSame('/api/payments/PAY-000009', {
    headers: { 'If-None-Match': '"3"', 'Cache-Control': 'max-age=0' },
  });
});

const payment = { orderNo: 20_000, method: 'card', amountMinor: 1299 };

const badBodies: unknown[] = [
  {},
  [],
  '{',
  '"x"',
  { ...payment, orderNo: '20000' },
  { ...payment, orderNo: 999_999 },
  { ...payment, method: 'cash' },
  { ...payment, method: null, amountMinor: 0 },
  { ...payment, amountMinor: 12.5 },
  { ...payment, amountMinor: 1_000_000_000 },
  { ...payment, amountMinor: '12' },
  { ...payment, currency: 'XXX' },
  { ...payment, currency: null },
];

test('every post that is refused is refused in the same words', async () => {
  for (const body of badBodies) await answersAreTheSame('/api/payments', posts(body), JSON.stringify(body));
  const odd: Record<string, RequestInit> = {
    'no key': posts(payment, { 'X-Api-Key': 'wrong' }),
    'no type': posts(payment, { 'Content-Type': 'text/plain' }),
    'a short Idempotency-Key': posts(payment, { 'Idempotency-Key': 'short' }),
    'a bad Idempotency-Key and body': posts({}, { 'Idempotency-Key': 'a b c d e f' }),
  };
  for (const [what, init] of Object.entries(odd)) await answersAreTheSame('/api/payments', init, what);
  for (const [path, body] of [
    ['PAY-999999/capture', {}],
    ['x/refund', {}],
    ['PAY-000001/capture', {}], // The seeds have captured it.
    ['PAY-000001/refund', { amountMinor: 999_999_999 }],
    ['PAY-000001/refund', { amountMinor: 0 }],
    ['PAY-000001/refund', []],
  ] as const) {
    await answersAreTheSame(`/api/payments/${path}`, posts(body), `${path} ${JSON.stringify(body)}`);
  }
  await answersAreTheSame('/api/payments/PAY-000001/refund', posts({}, { 'If-Match': '"7"' }), 'If-Match');
});

test('a payment made on either side is captured and refunded on the other, and looks the same on both', async () => {
  for (const [here, there] of [
    [sides.monolith, sides.service],
    [sides.service, sides.monolith],
  ] as const) {
    const made = await ask(here, '/api/payments', posts({ ...payment, currency: 'JPY' }));
    assert.equal(made.status, 201);
    const { paymentId } = paymentOf(made);
    assert.equal(made.headers['location'], `/api/payments/${paymentId}`);
    const path = `/api/payments/${paymentId}`;
    assert.equal((await ask(there, `${path}/capture`, posts({ amountMinor: 1000 }))).status, 200);
    assert.equal((await ask(here, `${path}/refund`, posts({ amountMinor: 300 }))).status, 200);
    const refunded = await ask(there, `${path}/refund`, posts({}, { 'If-Match': '"3"' }));
    const shown = await answersAreTheSame(path);
    assert.equal(shown.body, refunded.body);
    const { status, capturedMinor, refundedMinor, version, exponent } = JSON.parse(shown.body);
    assert.deepEqual(
      { status, capturedMinor, refundedMinor, version, exponent },
      { status: 'refunded', capturedMinor: 1000, refundedMinor: 1000, version: 4, exponent: 0 },
    );
    await answersAreTheSame('/api/payments?orderNo=20000');
  }
});

test('a key that was used on one side is answered the same by the other, which does nothing', async () => {
  for (const [here, there] of [
    [sides.monolith, sides.service],
    [sides.service, sides.monolith],
  ] as const) {
    const init = posts(payment);
    const first = await ask(here, '/api/payments', init);
    assert.deepEqual(await ask(there, '/api/payments', init), first);
    const other = posts({ ...payment, amountMinor: 1 }, init.headers as Record<string, string>);
    assert.equal((await ask(there, '/api/payments', other)).status, 422);
    await answersAreTheSame('/api/payments', other, 'another body');
  }
});

test('a copy of what the monolith has done is answered as if it had not been done yet', async () => {
  const dry = (init: RequestInit): RequestInit => ({
    ...init,
    headers: { ...init.headers, 'Ficus-Shadow': 'dry-run' },
  });
  const { paymentId } = paymentOf(await ask(sides.monolith, '/api/payments', posts(payment)));
  const path = `/api/payments/${paymentId}`;
  const moves = [
    ['capture', posts({ amountMinor: 1200 }, { 'If-Match': '"1"' })],
    ['refund', posts({ amountMinor: 200 })],
    ['refund', posts({})],
  ] as const;
  const controls = [];
  for (const [action, init] of moves) controls.push(await ask(sides.monolith, `${path}/${action}`, init));
  // All of them late, and in another order than they were done.
  for (const i of [2, 0, 1, 0]) {
    const [action, init] = moves[i]!;
    assert.deepEqual(await ask(sides.service, `${path}/${action}`, dry(init)), controls[i], `${i} ${action}`);
  }
});
