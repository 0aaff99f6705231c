import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { demoApiKey } from '../../../examples/monolith/paths.ts';
import { parseXml } from '../../../examples/monolith/soap/parse-xml.ts';
import { invoicesNamespace } from '../../../examples/monolith/soap/wsdl.ts';
import { sendRaw } from './send-raw.ts';
import { startTestMonolith, type TestMonolith } from './start-test-monolith.ts';

let monolith: TestMonolith;
before(async () => {
  monolith = await startTestMonolith();
});
after(() => monolith.close());

const soap11 = 'http://schemas.xmlsoap.org/soap/envelope/';

const envelope = (body: string, header = '', namespace = soap11) =>
  `<s:Envelope xmlns:s="${namespace}" xmlns="${invoicesNamespace}">${header}<s:Body>${body}</s:Body></s:Envelope>`;

const call = (body: string | Buffer, headers: Record<string, string> = {}) =>
  sendRaw(monolith.port, {
    method: 'POST',
    path: '/soap/invoices',
    headers: { 'X-Api-Key': demoApiKey, 'Content-Type': 'text/xml; charset=utf-8', ...headers },
    body,
  });

const getInvoice = (number: string) => `<GetInvoice><invoiceNumber>${number}</invoiceNumber></GetInvoice>`;

/** The one element in the body of an answer's envelope. */
function contentOf(body: Buffer) {
  const content = parseXml(body.toString()).children[0]?.children[0];
  assert.ok(content);
  return content;
}

test('the WSDL has both calls and the address it was asked for at', async () => {
  const answer = await sendRaw(monolith.port, { path: '/soap/invoices?wsdl', host: 'shop.example' });
  assert.equal(answer.status, 200);
  assert.deepEqual(answer.values('Content-Type'), ['text/xml; charset=utf-8']);
  const service = parseXml(answer.body.toString()).children.find(({ name }) => name === 'service');
  assert.equal(
    service?.children[0]?.children[0]?.attributes.get('location'),
    'http://shop.example/soap/invoices',
  );
  const portType = parseXml(answer.body.toString()).children.find(({ name }) => name === 'portType');
  assert.deepEqual(
    portType?.children.map(({ attributes }) => attributes.get('name')),
    ['GetInvoice', 'ListInvoices'],
  );
});

test('GetInvoice has what the JSON has', async () => {
  const json = (await (
    await fetch(`${monolith.url}/api/invoices/17`, { headers: { 'X-Api-Key': demoApiKey } })
  ).json()) as Record<string, unknown>;
  const answer = await call(envelope(getInvoice(' 17 ')));
  assert.equal(answer.status, 200);
  const content = contentOf(answer.body);
  assert.deepEqual([content.name, content.namespace], ['GetInvoiceResponse', invoicesNamespace]);
  const values = content.children[0]?.children.map(({ text }) => text);
  assert.deepEqual(values, [
    '17',
    String(json['ORD_NO']),
    String(json['CUST_NO']),
    json['INV_DT'],
    json['DUE_DT'],
    'paid',
    json['NET_CTS'],
    json['VAT_CTS'],
    json['GROSS_CTS'],
    'EUR',
  ]);
});

test('ListInvoices lists those of a customer', async () => {
  const answer = await call(envelope('<ListInvoices><customerNumber>7</customerNumber></ListInvoices>'));
  const [total, ...invoices] = contentOf(answer.body).children;
  assert.equal(Number(total?.text), invoices.length);
  assert.ok(invoices.length > 0);
  assert.ok(invoices.every(({ children }) => children[2]?.text === '7'));
});

test('the charset of the Content-Type is the one that counts', async () => {
  const latin1 = Buffer.from(envelope(`<!-- größer -->${getInvoice('17')}`), 'latin1');
  assert.equal((await call(latin1, { 'Content-Type': 'text/xml; charset=ISO-8859-1' })).status, 200);
  const asUtf8 = await call(latin1);
  assert.equal(contentOf(asUtf8.body).children[1]?.text, 'The body is not utf-8');
});

const understood = `<s:Header><Security s:mustUnderstand="1"/></s:Header>`;
const faults: [name: string, body: string, code: string, message: string][] = [
  ['an invoice that is not there', envelope(getInvoice('999999')), 'Client', 'No invoice 999999'],
  ['a number that is none', envelope(getInvoice('x')), 'Client', 'invoiceNumber is not a number'],
  ['no number', envelope('<GetInvoice/>'), 'Client', 'invoiceNumber is missing'],
  ['an unknown call', envelope('<Pay/>'), 'Client', `There is no call {${invoicesNamespace}}Pay`],
  ['no call', envelope(''), 'Client', 'The body must hold one call'],
  ['no envelope', '<a/>', 'Client', 'The document is not a SOAP envelope'],
  ['no XML', 'hello', 'Client', 'Text stands outside of the root element'],
  [
    'SOAP 1.2',
    envelope(getInvoice('1'), '', 'http://www.w3.org/2003/05/soap-envelope'),
    'VersionMismatch',
    'Only SOAP 1.1 is spoken here',
  ],
  [
    'a header that must be understood',
    envelope(getInvoice('1'), understood),
    'MustUnderstand',
    'Header Security is not understood',
  ],
];
for (const [name, body, code, message] of faults) {
  test(`${name}: a ${code} fault with status 500`, async () => {
    const answer = await call(body);
    assert.equal(answer.status, 500);
    const fault = contentOf(answer.body);
    assert.deepEqual([fault.name, fault.namespace], ['Fault', soap11]);
    assert.deepEqual(
      fault.children.map(({ text }) => text),
      [`soap:${code}`, message],
    );
  });
}

test('without a key: 401; as JSON: 415; without ?wsdl: 404', async () => {
  assert.equal((await call(envelope(getInvoice('17')), { 'X-Api-Key': 'wrong' })).status, 401);
  assert.equal((await call('{}', { 'Content-Type': 'application/json' })).status, 415);
  assert.equal((await sendRaw(monolith.port, { path: '/soap/invoices' })).status, 404);
});
