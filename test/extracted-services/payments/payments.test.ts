import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { startPayments } from '../../../extracted-services/payments/payments.ts';
import { readPaymentsSettings } from '../../../extracted-services/payments/settings.ts';
import {
  API_KEY,
  type PaymentsEstate,
  post,
  startPaymentsEstate,
} from '../../../scripts/dry-run-proof/payments-estate.ts';
import { until } from '../../support/until.ts';

let estate: PaymentsEstate;
let database: pg.Pool;
let url: string;

before(async () => {
  estate = await startPaymentsEstate();
  url = estate.service.url;
  database = new pg.Pool({ connectionString: estate.places.databaseUrl });
});
after(async () => {
  await database.end();
  await estate.stop();
});

const payment = { orderNo: 20_000, method: 'card', amountMinor: 1299 };
const rowsOf = async (sql: string, values: unknown[] = []) => (await database.query(sql, values)).rows;

test('the ledger of a payment that was captured in part and refunded is in balance, account by account', async () => {
  const { paymentId } = await post(url, '/api/payments', payment);
  await post(url, `/api/payments/${paymentId}/capture`, { amountMinor: 1000 });
  await post(url, `/api/payments/${paymentId}/refund`, { amountMinor: 300 });
  const balances = await rowsOf(
    `SELECT account, currency, sum(amount_minor)::int AS minor FROM payments.ledger_entry
     JOIN payments.ledger_transaction USING (transaction_id) WHERE payment_no = $1 GROUP BY 1, 2 ORDER BY 1`,
    [Number(paymentId?.slice(4))],
  );
  assert.deepEqual(balances, [
    { account: 'customer:held', currency: 'EUR', minor: 0 },
    { account: 'customer:paid', currency: 'EUR', minor: -700 },
    { account: 'psp:held', currency: 'EUR', minor: 0 },
    { account: 'psp:receivable', currency: 'EUR', minor: 700 },
  ]);
});

test('keys that are old enough are removed, in batches; the others still answer', async () => {
  await database.query(
    `INSERT INTO payments.idempotency_key (key, request_hash, status, answer, created_at)
     SELECT 'old-' || n, 'h', 201, '{}', now() - interval '31 days' FROM generate_series(1, 1001) n
     UNION ALL SELECT 'young-1', 'h', 201, '{}', now() - interval '29 days'`,
  );
  assert.equal(await estate.service.purgeKeysNow(), 1001);
  assert.equal(await estate.service.purgeKeysNow(), 0);
  const left = await rowsOf(`SELECT key FROM payments.idempotency_key WHERE key ~ '^(old|young)-'`);
  assert.deepEqual(left, [{ key: 'young-1' }]);
});

/** What Postgres says when these statements are one transaction. */
async function refusalOf(...statements: string[]): Promise<string> {
  const client = await database.connect();
  try {
    await client.query('BEGIN');
    for (const statement of statements) await client.query(statement);
    await client.query('COMMIT');
    return 'nothing';
  } catch (error) {
    await client.query('ROLLBACK');
    return (error as Error).message;
  } finally {
    client.release();
  }
}

test('the database itself refuses a transaction that is out of balance, per currency, or empty, or changed', async () => {
  await post(url, '/api/payments', payment);
  const begin = `INSERT INTO payments.ledger_transaction (payment_no, kind)
    SELECT max(payment_no), 'capture' FROM payments.payment`;
  const entry = (account: string, currency: string, minor: number) =>
    `INSERT INTO payments.ledger_entry (transaction_id, account, currency, amount_minor)
     SELECT max(transaction_id), '${account}', '${currency}', ${minor} FROM payments.ledger_transaction`;
  const debit = entry('psp:receivable', 'EUR', 5);
  assert.match(await refusalOf(begin, debit), /out of balance by 5 EUR/);
  assert.match(await refusalOf(begin, debit, entry('customer:paid', 'USD', -5)), /out of balance/);
  assert.match(await refusalOf(begin), /has no entries/);
  assert.equal(await refusalOf(begin, debit, entry('customer:paid', 'EUR', -5)), 'nothing');
  for (const table of ['ledger_entry', 'ledger_transaction']) {
    assert.match(await refusalOf(`DELETE FROM payments.${table}`), /is append-only/);
    assert.match(await refusalOf(`TRUNCATE payments.${table} CASCADE`), /is append-only/);
  }
  assert.match(await refusalOf('UPDATE payments.ledger_entry SET amount_minor = 1'), /is append-only/);
});

test('ten requests with one key at once are one payment, one booking and one call of the provider', async () => {
  const booked = estate.places.psp.ledger.length;
  const key = { 'Idempotency-Key': randomUUID() };
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, i) =>
      // Half of them come to the monolith.
      post(i % 2 === 0 ? url : estate.monolithUrl, '/api/payments', payment, key),
    ),
  );
  assert.deepEqual(new Set(answers.map(({ paymentId }) => paymentId)).size, 1);
  assert.ok(answers.every(({ status }) => status === 201));
  assert.equal(estate.places.psp.ledger.length, booked + 1);
});

test('ten captures of one payment at once: one is done, nine are refused', async () => {
  const { paymentId } = await post(url, '/api/payments', payment);
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => post(url, `/api/payments/${paymentId}/capture`, {})),
  );
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array(9).fill(409)]);
});

test('with If-Match, of two refunds that saw the same version one gets 412', async () => {
  const { paymentId } = await post(url, '/api/payments', payment);
  await post(url, `/api/payments/${paymentId}/capture`, {});
  const refund = () =>
    post(url, `/api/payments/${paymentId}/refund`, { amountMinor: 1 }, { 'If-Match': '"2"' });
  const answers = await Promise.all([refund(), refund()]);
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 412]);
});

test('a declined payment is there, failed, with an event and without a booking', async () => {
  const { status, paymentId } = await post(url, '/api/payments', { ...payment, amountMinor: 1251 });
  assert.equal(status, 201);
  const no = Number(paymentId?.slice(4));
  assert.deepEqual(await rowsOf('SELECT status FROM payments.payment WHERE payment_no = $1', [no]), [
    { status: 'failed' },
  ]);
  assert.deepEqual(await rowsOf('SELECT 1 FROM payments.ledger_transaction WHERE payment_no = $1', [no]), []);
  assert.deepEqual(await rowsOf('SELECT type FROM payments.outbox WHERE subject = $1', [paymentId]), [
    { type: 'payment.failed' },
  ]);
});

/** A second instance, with settings of its own. */
const startOther = (environment: Record<string, string>) =>
  startPayments(
    readPaymentsSettings({
      DATABASE_URL: estate.places.databaseUrl,
      PORT: '0',
      LOG_LEVEL: 'silent',
      API_KEYS: API_KEY,
      PSP_URL: estate.places.psp.url,
      ...environment,
    }),
  );

test('a provider that is away: 503, nothing is kept, and the same request goes through once it is back', async () => {
  const other = await startOther({ PSP_URL: 'http://127.0.0.1:9' });
  await until('its schema is there', async () => (await fetch(`${other.url}/readyz`)).ok);
  const key = { 'Idempotency-Key': randomUUID() };
  try {
    assert.equal((await post(other.url, '/api/payments', payment, key)).status, 503);
  } finally {
    await other.close();
  }
  assert.equal((await post(url, '/api/payments', payment, key)).status, 201);
});

test('an event whose receiver failed comes again with its id, and the mail for a receipt after the capture', async () => {
  const { paymentId } = await post(url, '/api/payments', payment);
  await post(url, `/api/payments/${paymentId}/capture`, {});
  await estate.service.publishNow();
  // As if the mark had been lost: the publishers of both instances may have it now.
  await database.query('UPDATE payments.outbox SET published_at = NULL WHERE subject = $1', [paymentId]);
  const received: { id: string; type: string; source: string; data: { paymentId: string } }[] = [];
  let refuses = true;
  const receiver = createServer(async (request, response) => {
    received.push((await json(request)) as (typeof received)[number]);
    response.writeHead(refuses ? 500 : 204).end();
    refuses = false;
  });
  await once(receiver.listen(0, '127.0.0.1'), 'listening');
  const eventsUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/events`;
  await estate.service.close();
  const other = await startOther({ EVENTS_URL: eventsUrl });
  try {
    await until('all are received', async () => received.length >= 4);
    assert.deepEqual(
      received.slice(0, 4).map(({ type }) => type),
      ['payment.authorised', 'payment.authorised', 'payment.captured', 'mail.requested'],
    );
    assert.equal(received[0]?.id, received[1]?.id);
    assert.equal(received[0]?.source, '/payments');
    assert.ok(received.every(({ data }) => data.paymentId === paymentId));
  } finally {
    await other.close();
    receiver.close();
    receiver.closeAllConnections();
  }
});
