import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { demoApiKey, login } from '../../../examples/monolith/paths.ts';
import { sendRaw } from './send-raw.ts';
import { startTestMonolith, type TestMonolith } from './start-test-monolith.ts';

type Order = {
  ORD_NO: number;
  ORD_STAT: string;
  TOT_CTS: string;
  CANC_REAS: string | null;
  LINES: { LINE_CTS: string }[];
};
type List = { ROWS: Record<string, unknown>[]; PAGE: number; PAGES: number; TOTAL: number };

let monolith: TestMonolith;
before(async () => {
  monolith = await startTestMonolith();
});
after(() => monolith.close());

const call = (method: string, path: string, body?: unknown) =>
  fetch(monolith.url + path, {
    method,
    headers: { 'X-Api-Key': demoApiKey, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

async function get<Body>(path: string): Promise<Body> {
  const response = await call('GET', path);
  assert.equal(response.status, 200, path);
  return (await response.json()) as Body;
}

async function assertRefused(response: Response, status: number, message: string): Promise<void> {
  assert.equal(response.status, status);
  assert.equal(((await response.json()) as { error: { message: string } }).error.message, message);
}

for (const path of ['/api/customers', '/api/orders', '/api/invoices', '/api/orders/1']) {
  test(`${path} takes a key or a login, else 401`, async () => {
    const cookie = await login(monolith.url);
    assert.equal((await fetch(monolith.url + path)).status, 401);
    assert.equal((await fetch(monolith.url + path, { headers: { Cookie: cookie } })).status, 200);
    assert.equal((await call('GET', path)).status, 200);
  });
}

test('an order has its columns, its lines, and amounts in cents as strings', async () => {
  const order = await get<Order>('/api/orders/7');
  assert.deepEqual(Object.keys(order), [
    'ORD_NO',
    'CUST_NO',
    'ORD_TS',
    'ORD_STAT',
    'TOT_CTS',
    'SHIP_CTS',
    'CURR',
    'REMARK',
    'CANC_REAS',
    'LINES',
  ]);
  assert.equal(order.TOT_CTS, '31502');
  assert.equal(
    order.LINES.reduce((sum, { LINE_CTS }) => sum + Number(LINE_CTS), 0),
    31_502,
  );
});

test('lists are filtered and paged', async () => {
  const orders = await get<List>('/api/orders?status=N');
  assert.ok(orders.TOTAL > 50 && orders.ROWS.length === 50 && orders.PAGE === 1);
  assert.ok(orders.ROWS.every(({ ORD_STAT }) => ORD_STAT === 'N'));
  const last = await get<List>(`/api/orders?status=N&page=${orders.PAGES}`);
  assert.equal(last.ROWS.length, orders.TOTAL - 50 * (orders.PAGES - 1));

  const ofCustomer = await get<List>('/api/customers/7/orders');
  assert.deepEqual(ofCustomer, await get<List>('/api/orders?custNo=7'));
  assert.ok((await get<List>('/api/customers?q=m%C3%BC')).ROWS.every(({ LAST_NM }) => LAST_NM === 'Müller'));
  assert.equal((await get<List>('/api/customers?q=%25')).TOTAL, 0);
  assert.ok((await get<List>('/api/invoices?status=O')).ROWS.every(({ INV_STAT }) => INV_STAT === 'O'));
});

test('a bad parameter is named', async () => {
  await assertRefused(await call('GET', '/api/orders?page=0'), 400, 'Parameter page is invalid');
  await assertRefused(await call('GET', '/api/orders?status=X'), 400, 'Parameter status is invalid');
});

for (const [path, message] of [
  ['/api/orders/99999999', 'No order 99999999'],
  ['/api/orders/x', 'No order x'],
  ['/api/orders/99999999999999', 'No order 99999999999999'],
  ['/api/customers/0', 'No customer 0'],
  ['/api/payments/PAY-000000', 'No payment PAY-000000'],
  ['/api/invoices/0', 'No invoice 0'],
] as const) {
  test(`${path}: 404`, async () => assertRefused(await call('GET', path), 404, message));
}

test('a new order costs what its products cost, and has an absolute Location', async () => {
  const product = await get<{ price: number }>('/api/products/P-000003');
  const response = await call('POST', '/api/orders', { CUST_NO: 7, LINES: [{ PROD_NO: 3, QTY: 2 }] });
  assert.equal(response.status, 201);
  const order = (await response.json()) as Order;
  assert.equal(response.headers.get('location'), `${monolith.url}/api/orders/${order.ORD_NO}`);
  // Shipping is free from 100 EUR on.
  assert.equal(Number(order.TOT_CTS), Math.round(product.price * 200));
  assert.deepEqual(await get<Order>(`/api/orders/${order.ORD_NO}`), order);
});

test('a new order with a bad line leaves nothing behind', async () => {
  const { TOTAL } = await get<List>('/api/orders');
  const body = {
    CUST_NO: 7,
    LINES: [
      { PROD_NO: 3, QTY: 1 },
      { PROD_NO: 999_999, QTY: 1 },
    ],
  };
  await assertRefused(await call('POST', '/api/orders', body), 400, 'Field LINES[1].PROD_NO is invalid');
  assert.equal((await get<List>('/api/orders')).TOTAL, TOTAL);
});

test('PUT of a status: 204, and it holds', async () => {
  const response = await call('PUT', '/api/orders/19999/status', { ORD_STAT: 'P' });
  assert.equal(response.status, 204);
  assert.equal(await response.text(), '');
  assert.equal((await get<Order>('/api/orders/19999')).ORD_STAT, 'P');
  await assertRefused(
    await call('PUT', '/api/orders/19999/status', { ORD_STAT: 'C' }),
    400,
    'Field ORD_STAT is invalid',
  );
});

test('DELETE with a body cancels for the reason in it; without one: 415', async () => {
  await call('PUT', '/api/orders/19998/status', { ORD_STAT: 'N' });
  const response = await call('DELETE', '/api/orders/19998', { REASON: 'Zu groß' });
  assert.equal(response.status, 200);
  const order = (await response.json()) as Order;
  assert.deepEqual([order.ORD_STAT, order.CANC_REAS], ['C', 'Zu groß']);
  const bare = await sendRaw(monolith.port, {
    method: 'DELETE',
    path: '/api/orders/19998',
    headers: { 'X-Api-Key': demoApiKey },
  });
  assert.equal(bare.status, 415);
  await assertRefused(
    await call('DELETE', '/api/orders/1', { REASON: 'x' }),
    409,
    'Order 1 has been shipped',
  );
});

test('PATCH changes what it names, and its time only when there is a change', async () => {
  type Customer = { CITY: string; ZIP: string; UPD_TS: string };
  const old = await get<Customer>('/api/customers/8');
  const changed = (await (await call('PATCH', '/api/customers/8', { CITY: 'Graz' })).json()) as Customer;
  assert.equal(changed.CITY, 'Graz');
  assert.equal(changed.ZIP, old.ZIP);
  assert.ok(changed.UPD_TS > old.UPD_TS);
  const again = (await (await call('PATCH', '/api/customers/8', { CITY: 'Graz' })).json()) as Customer;
  assert.deepEqual(again, changed);
});

test('PATCH of anything else is refused', async () => {
  await assertRefused(
    await call('PATCH', '/api/customers/8', { CUST_NO: '1' }),
    400,
    'Field CUST_NO is invalid',
  );
  await assertRefused(
    await call('PATCH', '/api/customers/8', { 'CITY = 1; --': 'x' }),
    400,
    'Field CITY = 1; -- is invalid',
  );
  await assertRefused(
    await call('PATCH', '/api/customers/8', { EMAIL: 'nobody' }),
    400,
    'Field EMAIL is invalid',
  );
});

test('a payment takes an API key, and a key of its own by which it is made once', async () => {
  const cookie = await login(monolith.url);
  const ofOrder = '/api/payments?orderNo=1';
  assert.equal((await fetch(monolith.url + ofOrder, { headers: { Cookie: cookie } })).status, 401);
  const pay = (key: string) =>
    fetch(`${monolith.url}/api/payments`, {
      method: 'POST',
      headers: { 'X-Api-Key': demoApiKey, 'Content-Type': 'application/json', 'Idempotency-Key': key },
      body: JSON.stringify({ orderNo: 1, method: 'transfer', amountMinor: 1990 }),
    });
  await assertRefused(await pay('short'), 400, 'Parameter Idempotency-Key is invalid');
  const { items } = await get<{ items: object[] }>(ofOrder);
  const [first, second] = [await pay('paid-by-transfer'), await pay('paid-by-transfer')];
  const payment = (await first.json()) as object;
  assert.deepEqual(await second.json(), payment);
  assert.deepEqual(await get(first.headers.get('location') ?? ''), payment);
  assert.deepEqual((await get<{ items: object[] }>(ofOrder)).items, [payment, ...items]);
});

test('an order is invoiced once', async () => {
  const { ORD_NO } = (await (
    await call('POST', '/api/orders', { CUST_NO: 7, LINES: [{ PROD_NO: 3, QTY: 1 }] })
  ).json()) as Order;
  const response = await call('POST', `/api/orders/${ORD_NO}/invoice`);
  assert.equal(response.status, 201);
  const invoice = (await response.json()) as { NET_CTS: string; VAT_CTS: string; GROSS_CTS: string };
  assert.equal(Number(invoice.NET_CTS) + Number(invoice.VAT_CTS), Number(invoice.GROSS_CTS));
  assert.deepEqual(await get(response.headers.get('location') ?? ''), invoice);
  await assertRefused(
    await call('POST', `/api/orders/${ORD_NO}/invoice`),
    409,
    `Order ${ORD_NO} has an invoice`,
  );
});

test('turnover is in cents as strings', async () => {
  const { YEARS } = await get<{ YEARS: { YEAR: string; TOT_CTS: string }[] }>('/reports/turnover');
  assert.equal(YEARS[0]?.YEAR, '2009');
  assert.match(YEARS[0]?.TOT_CTS ?? '', /^\d+$/);
});
