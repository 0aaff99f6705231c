import {
  change,
  get,
  head,
  type MonolithPath,
  options,
  takesGzip,
  withJson,
  withKey,
} from './monolith-path.ts';

const login = { login: true } as const;

export const productPaths: MonolithPath[] = [
  get('products', '/api/products'),
  get('products of a category, by price', '/api/products?category=CAT-01&sort=-price&limit=5'),
  get(
    'products by all filters',
    '/api/products?q=oak&status=all&minPrice=5&maxPrice=150.50&inStock=true&sort=name',
  ),
  get('products, the next page', '/api/products?limit=2&cursor=WzIsMl0'),
  get('products with a bad parameter', '/api/products?limit=0'),
  get('products that the client has', '/api/products?limit=3', { headers: { 'If-None-Match': '*' } }),
  head('products, HEAD', '/api/products'),
  options('products, OPTIONS', '/api/products'),
  get('a product', '/api/products/P-000017'),
  get('a product that is not there', '/api/products/P-999999'),
  get('categories', '/api/categories', { mayDiffer: ['header:etag', 'body:/countedAt'] }),
  change('a product without a key', 'POST', '/api/products', {
    headers: { 'Content-Type': 'application/json' },
    body: '{"sku":"NEW-1"}',
  }),
  change('a product with a bad price', 'POST', '/api/products', {
    headers: withJson,
    body: '{"sku":"NEW-1","name":"Größe","categoryId":"CAT-03","price":-1}',
  }),
  // The SKU of a seeded product: with a free one, the second run would be refused where the first was not.
  change('a product whose SKU is taken', 'POST', '/api/products', {
    headers: withJson,
    body: '{"sku":"27-1000","name":"Again","categoryId":"CAT-03","price":1}',
  }),
  // Is discontinued already.
  change('a product is discontinued', 'DELETE', '/api/products/P-000007', { headers: withKey }),
  get('products page', '/products', login),
  get('products page, searched and compressed', '/products?q=oak&page=2', {
    login: true,
    headers: takesGzip,
  }),
  get('product page', '/products/3', login),
];

export const customerPaths: MonolithPath[] = [
  get('customers', '/api/customers?q=m%C3%BC&page=2', { headers: withKey }),
  get('customers without a key', '/api/customers'),
  get('a customer', '/api/customers/7', { headers: withKey }),
  get('orders of a customer', '/api/customers/7/orders', { headers: withKey }),
  // What the seeds say, so that it changes nothing.
  change('a customer is changed', 'PATCH', '/api/customers/7', {
    headers: withJson,
    body: '{"CITY":"København","NEWSL":"Y"}',
  }),
  change('a customer is changed badly', 'PATCH', '/api/customers/7', {
    headers: withJson,
    body: '{"EMAIL":"x"}',
  }),
  get('customers page', '/customers', login),
  get('customer page', '/customers/7', login),
];

export const orderPaths: MonolithPath[] = [
  get('orders', '/api/orders?status=S&page=3', { headers: withKey }),
  get('orders, with a login', '/api/orders', login),
  get('an order', '/api/orders/7', { headers: withKey }),
  options('an order, OPTIONS', '/api/orders/7'),
  // Every run makes one more order.
  change('a new order', 'POST', '/api/orders', {
    headers: withJson,
    body: '{"CUST_NO":7,"LINES":[{"PROD_NO":3,"QTY":2}],"REMARK":"Für Frau Weiß"}',
    mayDiffer: ['header:location', 'header:etag', 'body:/ORD_NO', 'body:/ORD_TS'],
  }),
  change('a new order without lines', 'POST', '/api/orders', {
    headers: withJson,
    body: '{"CUST_NO":7,"LINES":[]}',
  }),
  // It is shipped already.
  change("an order's status", 'PUT', '/api/orders/1/status', { headers: withJson, body: '{"ORD_STAT":"S"}' }),
  // The seeds have cancelled it for this reason.
  change('an order is cancelled', 'DELETE', '/api/orders/25', {
    headers: withJson,
    body: '{"REASON":"Payment failed"}',
  }),
  change('a shipped order is cancelled', 'DELETE', '/api/orders/1', {
    headers: withJson,
    body: '{"REASON":"Too late"}',
  }),
  change('an order that has an invoice is invoiced', 'POST', '/api/orders/1/invoice', { headers: withKey }),
  get('orders page', '/orders?status=N', login),
  get('order page', '/orders/7', login),
  get('order page without a login', '/orders/7'),
  // The remark that the seeds gave it.
  change("an order's remark by form", 'POST', '/orders/2/remark', {
    login: true,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: 'remark=Please+ring+twice.',
  }),
];

export const moneyPaths: MonolithPath[] = [
  get('payments of an order', '/api/payments?orderNo=9', { headers: withKey }),
  get('payments of no order', '/api/payments', { headers: withKey }),
  get('a payment', '/api/payments/PAY-000009', { headers: withKey }),
  // With the same key it is made once, and answered the same every time.
  change('a new payment', 'POST', '/api/payments', {
    headers: { ...withJson, 'Idempotency-Key': 'path-new-payment' },
    body: '{"orderNo":20000,"method":"transfer","amountMinor":100}',
  }),
  change('a new payment of nothing', 'POST', '/api/payments', {
    headers: { ...withJson, 'Idempotency-Key': 'path-no-amount' },
    body: '{"orderNo":20000,"method":"transfer","amountMinor":0}',
  }),
  change('a new payment without a key of its own', 'POST', '/api/payments', {
    headers: withJson,
    body: '{"orderNo":20000,"method":"transfer","amountMinor":100}',
  }),
  // The seeds have captured it.
  change('a payment is captured twice', 'POST', '/api/payments/PAY-000001/capture', {
    headers: { ...withJson, 'Idempotency-Key': 'path-captured-twice' },
    body: '{}',
  }),
  change('more than was captured is refunded', 'POST', '/api/payments/PAY-000001/refund', {
    headers: { ...withJson, 'Idempotency-Key': 'path-too-much' },
    body: '{"amountMinor":999999999}',
  }),
  get('payments page', '/payments', login),
  get('invoices', '/api/invoices?custNo=7', { headers: withKey }),
  get('an invoice', '/api/invoices/17', { headers: withKey }),
  get('invoices page', '/invoices', login),
  get('invoice page', '/invoices/17', login),
  get('invoice for the printer', '/invoices/17.txt', login),
];
