import { invoicesNamespace } from '../soap/wsdl.ts';
import { change, get, head, type MonolithPath, takesGzip, withKey } from './monolith-path.ts';

const soapHeaders = (call: string) => ({
  ...withKey,
  'Content-Type': 'text/xml; charset=utf-8',
  SOAPAction: `"${invoicesNamespace}#${call}"`,
});

const envelope = (content: string) =>
  `<?xml version="1.0"?>\n<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:inv="${invoicesNamespace}"><soap:Body>${content}</soap:Body></soap:Envelope>`;

/** Calls are POSTs that change nothing. */
export const soapPaths: MonolithPath[] = [
  get('WSDL', '/soap/invoices?wsdl'),
  get('WSDL, compressed', '/soap/invoices?WSDL', { headers: takesGzip }),
  change('SOAP, an invoice', 'POST', '/soap/invoices', {
    headers: soapHeaders('GetInvoice'),
    body: envelope('<inv:GetInvoice><inv:invoiceNumber>17</inv:invoiceNumber></inv:GetInvoice>'),
  }),
  change('SOAP, invoices', 'POST', '/soap/invoices', {
    headers: soapHeaders('ListInvoices'),
    body: envelope('<inv:ListInvoices><inv:customerNumber>7</inv:customerNumber></inv:ListInvoices>'),
  }),
  change('SOAP, a fault', 'POST', '/soap/invoices', {
    headers: soapHeaders('GetInvoice'),
    body: envelope('<inv:GetInvoice><inv:invoiceNumber>999999</inv:invoiceNumber></inv:GetInvoice>'),
  }),
];

export const streamPaths: MonolithPath[] = [
  get('orders as CSV', '/export/orders.csv', { headers: withKey }),
  get('orders as CSV, compressed', '/export/orders.csv', { headers: { ...withKey, ...takesGzip } }),
  get('events', '/events/orders?count=3&intervalMs=50', { headers: withKey, kind: 'sse' }),
  get('events, on from the fifth', '/events/orders?count=2&intervalMs=20', {
    headers: { ...withKey, 'Last-Event-ID': '5' },
    kind: 'sse',
  }),
  get('WebSocket, echo', '/ws/echo', {
    kind: 'websocket',
    send: ['Grüße', Buffer.from([0, 1, 2, 253, 254, 255]), 'x'.repeat(70_000)],
    receives: 3,
  }),
  get('WebSocket, orders', '/ws/orders', {
    login: true,
    kind: 'websocket',
    send: ['{"subscribe":"orders","after":10,"count":3}'],
    receives: 3,
  }),
];

export const oddPaths: MonolithPath[] = [
  get('heartbeat', '/heartbeat'),
  head('heartbeat, HEAD', '/heartbeat'),
  get('price list', '/legacy/pricelist', { headers: takesGzip }),
  get('price list, double slash', '/legacy//pricelist'),
  get('price list, matrix parameter', '/legacy/pricelist;v=1'),
  get('odd characters in a path', "/legacy/echo/a%2Fb;v=1,2$&'()*+:@!~%20?x=1&x=2&y=%2F%26"),
  get('moved for good', '/legacy/catalogue'),
  get('ISO-8859-1', '/legacy/imprint'),
  get('an answer that the connection ends', '/legacy/batch-log'),
];
