import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { html, page } from '../../../examples/monolith/html.ts';
import { demoApiKey, login } from '../../../examples/monolith/paths.ts';
import { sendRaw } from './send-raw.ts';
import { startTestMonolith, type TestMonolith } from './start-test-monolith.ts';

let monolith: TestMonolith;
let cookie: string;
before(async () => {
  monolith = await startTestMonolith();
  cookie = await login(monolith.url);
});
after(() => monolith.close());

const asForm = { 'Content-Type': 'application/x-www-form-urlencoded' };
const logIn = (fields: string) =>
  sendRaw(monolith.port, { method: 'POST', path: '/login', headers: asForm, body: fields });

test('without a login every page leads to the login page, and back to itself', async () => {
  for (const path of ['/dashboard', '/orders?status=N', '/customers/7', '/files', '/invoices/17.txt']) {
    const answer = await sendRaw(monolith.port, { path });
    assert.equal(answer.status, 302);
    assert.deepEqual(answer.values('Location'), [
      `http://127.0.0.1:${monolith.port}/login?next=${encodeURIComponent(path)}`,
    ]);
  }
});

test('redirects are absolute and on the host that was asked for', async () => {
  const answer = await sendRaw(monolith.port, { path: '/', host: 'shop.example:8080' });
  assert.equal(answer.status, 302);
  assert.deepEqual(answer.values('Location'), ['http://shop.example:8080/login']);
});

test('a login answers 303 with three cookies in three headers, and they open the pages', async () => {
  const answer = await logIn('user=clerk&password=clerk-demo&next=%2Forders%3Fstatus%3DN');
  assert.equal(answer.status, 303);
  assert.deepEqual(answer.values('Location'), [`http://127.0.0.1:${monolith.port}/orders?status=N`]);
  const cookies = answer.values('Set-Cookie');
  assert.deepEqual(
    cookies.map((value) => value.split('=')[0]),
    ['sid', 'last_user', 'theme'],
  );
  assert.match(cookies[0] ?? '', /; HttpOnly; SameSite=Lax$/);

  const dashboard = await fetch(`${monolith.url}/dashboard`, {
    headers: { Cookie: cookies[0]?.split(';')[0] ?? '' },
  });
  assert.equal(dashboard.status, 200);
  assert.match(await dashboard.text(), /<h1>Dashboard<\/h1>/);
});

test('a login goes nowhere else than to this site', async () => {
  for (const next of ['https://evil.example', '//evil.example', '/\\evil.example', '']) {
    const answer = await logIn(`user=clerk&password=clerk-demo&next=${encodeURIComponent(next)}`);
    assert.deepEqual(answer.values('Location'), [`http://127.0.0.1:${monolith.port}/dashboard`]);
  }
});

test('a wrong password, a wrong user, nothing at all: 401 and the form again', async () => {
  for (const fields of [
    'user=clerk&password=boss-demo',
    'user=nobody&password=x',
    '',
    'user=%00&password=x',
  ]) {
    const answer = await logIn(fields);
    assert.equal(answer.status, 401);
    assert.deepEqual(answer.values('Set-Cookie'), []);
    assert.match(answer.body.toString(), /No user has this name and password/);
  }
});

test('the login page says the demo users', async () => {
  assert.match(await (await fetch(`${monolith.url}/login`)).text(), /<td>clerk<\/td><td>clerk-demo<\/td>/);
});

test('a logout takes two cookies back', async () => {
  for (const method of ['GET', 'POST']) {
    const answer = await sendRaw(monolith.port, { method, path: '/logout', headers: { Cookie: cookie } });
    assert.equal(answer.status, 303);
    assert.equal(answer.values('Set-Cookie').length, 2);
    assert.match(answer.values('Set-Cookie')[0] ?? '', /^sid=; .*Expires=Thu, 01 Jan 1970/);
  }
});

const pages = [
  '/dashboard',
  '/products',
  '/products/3',
  '/customers',
  '/customers/7',
  '/orders',
  '/orders/7',
  '/payments',
  '/invoices',
  '/invoices/17',
  '/files',
  '/reports',
  '/reports/sales',
];
for (const path of pages) {
  test(`${path} is a page in UTF-8`, async () => {
    const response = await fetch(monolith.url + path, { headers: { Cookie: cookie } });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'text/html; charset=utf-8');
    assert.match(await response.text(), /^<!doctype html>[\s\S]*<\/html>\n$/);
  });
}

test('a page is compressed when the client takes gzip, and says that it depends on it', async () => {
  const ask = (encoding: string) =>
    sendRaw(monolith.port, { path: '/products', headers: { Cookie: cookie, 'Accept-Encoding': encoding } });
  const [plain, compressed, refused] = [await ask('br'), await ask('br, gzip'), await ask('gzip;q=0')];
  assert.deepEqual(compressed.values('Content-Encoding'), ['gzip']);
  assert.deepEqual(gunzipSync(compressed.body), plain.body);
  assert.deepEqual(refused.values('Content-Encoding'), []);
  for (const { values } of [plain, compressed, refused])
    assert.deepEqual(values('Vary'), ['Accept-Encoding']);
  assert.notDeepEqual(plain.values('ETag'), compressed.values('ETag'));
});

test('the ETag of a page brings a 304 without a body', async () => {
  const first = await sendRaw(monolith.port, { path: '/products', headers: { Cookie: cookie } });
  const again = await sendRaw(monolith.port, {
    path: '/products',
    headers: { Cookie: cookie, 'If-None-Match': first.values('ETag')[0] ?? '' },
  });
  assert.equal(again.status, 304);
  assert.equal(again.body.length, 0);
});

test('data is escaped, in text and in attributes', () => {
  const evil = `<script>"&'`;
  const { markup } = html`<b title="${evil}">${[evil, html`<i>`]}</b>`;
  assert.equal(markup, '<b title="&lt;script&gt;&quot;&amp;&#39;">&lt;script&gt;&quot;&amp;&#39;<i></b>');
  assert.ok(!page(evil, html``).includes('<script>'));
});

test('a remark posted by form is answered with 303, and kept as it was written', async () => {
  const remark = 'Grüße & <b>Dank</b>';
  const answer = await sendRaw(monolith.port, {
    method: 'POST',
    path: '/orders/9/remark',
    headers: { ...asForm, Cookie: cookie },
    body: new URLSearchParams({ remark }).toString(),
  });
  assert.equal(answer.status, 303);
  assert.deepEqual(answer.values('Location'), [`http://127.0.0.1:${monolith.port}/orders/9`]);
  const order = await fetch(`${monolith.url}/api/orders/9`, { headers: { 'X-Api-Key': demoApiKey } });
  assert.equal(((await order.json()) as { REMARK: string }).REMARK, remark);
  const orderPage = await fetch(`${monolith.url}/orders/9`, { headers: { Cookie: cookie } });
  assert.match(await orderPage.text(), /Grüße &amp; &lt;b&gt;Dank&lt;\/b&gt;/);
});

test('a page that is not there: 404 that a person can read', async () => {
  const response = await fetch(`${monolith.url}/no/<such>`);
  assert.equal(response.status, 404);
  assert.match(await response.text(), /<h1>404<\/h1><p>No path/);
});
