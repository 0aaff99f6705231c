import type { Express, Request } from 'express';
import { columns, type Database } from '../db.ts';
import { html, link, table } from '../html.ts';
import {
  anyText,
  type Listing,
  listingJson,
  pageNumber,
  parameter,
  readListing,
  rowNumber,
} from '../listing.ts';
import { type OrderRow, ordersListing, orderTable } from '../orders/order.ts';
import { pager, searchForm, sendPage } from '../pages.ts';
import type { Parts } from '../parts.ts';
import { readJson } from '../read-json.ts';
import { badField, notFound } from '../refusal.ts';

type CustomerRow = {
  CUST_NO: number;
  CUST_TYP: 'P' | 'B';
  FIRST_NM: string;
  LAST_NM: string;
  COMPANY_NM: string | null;
  EMAIL: string;
  PHONE: string | null;
  STREET: string;
  ZIP: string;
  CITY: string;
  CTRY: string;
  NEWSL: 'Y' | 'N';
  CRT_TS: Date;
  UPD_TS: Date;
};

const customerColumns = columns(
  'CUST_NO CUST_TYP FIRST_NM LAST_NM COMPANY_NM EMAIL PHONE STREET ZIP CITY CTRY NEWSL CRT_TS UPD_TS',
);

/** What a client may change, and how it must look. */
const changeable: Record<string, RegExp> = {
  EMAIL: /^[^\s@]{1,80}@[^\s@]{1,79}$/,
  PHONE: /^[\d +()/-]{3,40}$/,
  STREET: /^\P{Cc}{1,120}$/u,
  ZIP: /^[\w -]{1,12}$/,
  CITY: /^\P{Cc}{1,80}$/u,
  NEWSL: /^[YN]$/,
};

export function addCustomerRoutes(app: Express, { database, access }: Parts): void {
  app.get('/api/customers', access.keyOrLogin, async (request, response) => {
    response.json(await listingJson(database, customersListing(request), request));
  });

  app.get('/api/customers/:custNo', access.keyOrLogin, async (request, response) => {
    response.json(await findCustomer(database, request.params.custNo));
  });

  app.patch('/api/customers/:custNo', access.keyOrLogin, readJson, async (request, response) => {
    const { CUST_NO } = await findCustomer(database, request.params.custNo);
    await changeCustomer(database, CUST_NO, request.body);
    response.json(await findCustomer(database, request.params.custNo));
  });

  app.get('/api/customers/:custNo/orders', access.keyOrLogin, async (request, response) => {
    const { CUST_NO } = await findCustomer(database, request.params.custNo);
    response.json(await listingJson(database, ordersListing({ custNo: CUST_NO }), request));
  });

  app.get('/customers', access.login, async (request, response) => {
    const listing = customersListing(request);
    const { rows, total } = await readListing<CustomerRow>(database, listing, pageNumber(request));
    const cells = rows.map((row) => [
      link(`/customers/${row.CUST_NO}`, row.CUST_NO),
      `${row.FIRST_NM} ${row.LAST_NM}`,
      row.COMPANY_NM,
      `${row.ZIP} ${row.CITY}`,
      row.EMAIL,
    ]);
    const content = html`${searchForm('q', searchText(request))}
${table(['No', 'Name', 'Company', 'Town', 'E-mail'], cells)}${pager(request, total)}`;
    await sendPage(request, response, 'Customers', content);
  });

  app.get('/customers/:custNo', access.login, async (request, response) => {
    const customer = await findCustomer(database, request.params.custNo);
    const orders = await readListing<OrderRow>(database, ordersListing({ custNo: customer.CUST_NO }), 1);
    const content = html`<p>${customer.COMPANY_NM}</p>
<address>${customer.STREET}<br>${customer.CTRY}-${customer.ZIP} ${customer.CITY}<br>
${customer.EMAIL}<br>${customer.PHONE}</address>
<h2>${orders.total} orders</h2>${orderTable(orders.rows)}`;
    await sendPage(request, response, `${customer.FIRST_NM} ${customer.LAST_NM}`, content);
  });
}

const searchText = (request: Request) => parameter(request, 'q', anyText);

/** `?q=` is the beginning of the last name. */
const customersListing = (request: Request): Listing => ({
  columns: customerColumns,
  from: 'legacy.CUSTOMER',
  conditions: [
    {
      value: searchText(request)?.replace(/[\\%_]/g, '\\$&'),
      sql: (p) => `lower(LAST_NM) LIKE lower(${p}) || '%'`,
    },
  ],
  orderBy: 'CUST_NO',
});

async function findCustomer(database: Database, custNo: string): Promise<CustomerRow> {
  const row = await database.row<CustomerRow>(
    `SELECT ${customerColumns} FROM legacy.CUSTOMER WHERE CUST_NO = $1`,
    [rowNumber(custNo)],
  );
  if (row === undefined) throw notFound(`No customer ${custNo}`);
  return row;
}

/** UPD_TS moves only when something else did: sending the same change again is no change. */
async function changeCustomer(database: Database, custNo: number, body: unknown): Promise<void> {
  const fields = Object.entries(typeof body === 'object' && body !== null ? body : {});
  for (const [name, value] of fields) {
    if (!Object.hasOwn(changeable, name)) throw badField(name);
    if (typeof value !== 'string' || !changeable[name]?.test(value)) throw badField(name);
  }
  if (fields.length === 0) return;
  // The names are among the keys of `changeable`, so they are safe to be SQL.
  const assignments = fields.map(([name], index) => `${name} = $${index + 2}`);
  const changes = fields.map(([name], index) => `${name} IS DISTINCT FROM $${index + 2}`);
  await database.rows(
    `UPDATE legacy.CUSTOMER SET ${assignments.join(', ')}, UPD_TS = now()
     WHERE CUST_NO = $1 AND (${changes.join(' OR ')})`,
    [custNo, ...fields.map(([, value]) => value)],
  );
}
