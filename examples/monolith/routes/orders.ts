import express, { type Express, type Request } from 'express';
import { formatCents } from '../cents.ts';
import { columns, type Database } from '../db.ts';
import { html, link, table } from '../html.ts';
import { listingJson, pageNumber, parameter, readListing, rowNumber } from '../listing.ts';
import { placeOrder, readNewOrder } from '../orders/new-order.ts';
import {
  type OrderFilter,
  type OrderLineRow,
  type OrderRow,
  orderColumns,
  orderStatusNames,
  ordersListing,
  orderTable,
} from '../orders/order.ts';
import { pager, sendPage } from '../pages.ts';
import type { Parts } from '../parts.ts';
import { readJson } from '../read-json.ts';
import { absoluteUrl, redirect } from '../redirect.ts';
import { badField, notFound, Refusal } from '../refusal.ts';

export function addOrderRoutes(app: Express, parts: Parts): void {
  addOrderApi(app, parts);
  addOrderPages(app, parts);
}

function addOrderApi(app: Express, { database, access }: Parts): void {
  app.get('/api/orders', access.keyOrLogin, async (request, response) => {
    response.json(await listingJson(database, ordersListing(orderFilter(request)), request));
  });

  app.get('/api/orders/:ordNo', access.keyOrLogin, async (request, response) => {
    response.json(await findOrder(database, request.params.ordNo));
  });

  app.post('/api/orders', access.keyOrLogin, readJson, async (request, response) => {
    const ordNo = await placeOrder(database, readNewOrder(request.body));
    // Absolute, as the first clients of this API wanted it.
    response.status(201).location(absoluteUrl(request, `/api/orders/${ordNo}`));
    response.json(await findOrder(database, String(ordNo)));
  });

  app.put('/api/orders/:ordNo/status', access.keyOrLogin, readJson, async (request, response) => {
    const { ORD_NO } = await findOrder(database, request.params.ordNo);
    const status: unknown = request.body?.ORD_STAT;
    // A cancellation has a reason: that is what DELETE is for.
    if (typeof status !== 'string' || !/^[NPSR]$/.test(status)) throw badField('ORD_STAT');
    await database.rows('UPDATE legacy.ORDERS SET ORD_STAT = $2, CANC_REAS = NULL WHERE ORD_NO = $1', [
      ORD_NO,
      status,
    ]);
    response.status(204).end();
  });

  // Cancels; the reason comes in the body of the DELETE, which is legal and which many proxies lose.
  app.delete('/api/orders/:ordNo', access.keyOrLogin, readJson, async (request, response) => {
    const order = await findOrder(database, request.params.ordNo);
    const reason: unknown = request.body?.REASON;
    if (typeof reason !== 'string' || !/^\P{Cc}{1,200}$/u.test(reason)) throw badField('REASON');
    if (order.ORD_STAT === 'S' || order.ORD_STAT === 'R') {
      throw new Refusal('conflict', `Order ${order.ORD_NO} has been shipped`);
    }
    await database.rows(`UPDATE legacy.ORDERS SET ORD_STAT = 'C', CANC_REAS = $2 WHERE ORD_NO = $1`, [
      order.ORD_NO,
      reason,
    ]);
    response.json(await findOrder(database, request.params.ordNo));
  });
}

function addOrderPages(app: Express, { database, access }: Parts): void {
  app.get('/orders', access.login, async (request, response) => {
    const listing = ordersListing(orderFilter(request));
    const { rows, total } = await readListing<OrderRow>(database, listing, pageNumber(request));
    const choices = Object.entries(orderStatusNames).map(
      ([code, name]) => html`${link(`/orders?status=${code}`, name)} `,
    );
    const content = html`<p>${link('/orders', 'all')} ${choices} · ${link('/export/orders.csv', 'export as CSV')}</p>
${orderTable(rows)}${pager(request, total)}`;
    await sendPage(request, response, 'Orders', content);
  });

  app.get('/orders/:ordNo', access.login, async (request, response) => {
    const order = await findOrder(database, request.params.ordNo);
    const cells = order.LINES.map((line) => [
      line.LINE_NO,
      link(`/products/${line.PROD_NO}`, line.PROD_NO),
      line.QTY,
      formatCents(line.UNIT_CTS),
      formatCents(line.LINE_CTS),
    ]);
    const content = html`<p>${orderStatusNames[order.ORD_STAT]} ${order.CANC_REAS}, of
${link(`/customers/${order.CUST_NO}`, `customer ${order.CUST_NO}`)}, ${order.ORD_TS.toISOString()}</p>
${table(['Line', 'Product', 'Quantity', 'Price', 'Sum'], cells)}
<p>Shipping ${formatCents(order.SHIP_CTS)}, total ${formatCents(order.TOT_CTS)} ${order.CURR}</p>
<form method="post" action="/orders/${order.ORD_NO}/remark"><textarea name="remark" rows="3" cols="60">${order.REMARK}</textarea>
<button>Save remark</button></form>`;
    await sendPage(request, response, `Order ${order.ORD_NO}`, content);
  });

  app.post('/orders/:ordNo/remark', access.login, express.urlencoded(), async (request, response) => {
    const { ORD_NO } = await findOrder(database, String(request.params['ordNo']));
    const remark: unknown = request.body?.remark;
    if (typeof remark !== 'string' || remark.length > 2000 || remark.includes('\0')) throw badField('remark');
    await database.rows('UPDATE legacy.ORDERS SET REMARK = $2 WHERE ORD_NO = $1', [ORD_NO, remark || null]);
    redirect(request, response, 303, `/orders/${ORD_NO}`);
  });
}

function orderFilter(request: Request): OrderFilter {
  const custNo = parameter(request, 'custNo', /^\d{1,9}$/);
  return {
    status: parameter(request, 'status', /^[NPSRC]$/),
    custNo: custNo === undefined ? undefined : Number(custNo),
  };
}

async function findOrder(database: Database, ordNo: string): Promise<OrderRow & { LINES: OrderLineRow[] }> {
  const order = await database.row<OrderRow>(`SELECT ${orderColumns} FROM legacy.ORDERS WHERE ORD_NO = $1`, [
    rowNumber(ordNo),
  ]);
  if (order === undefined) throw notFound(`No order ${ordNo}`);
  const lines = await database.rows<OrderLineRow>(
    `SELECT ${columns('LINE_NO PROD_NO QTY UNIT_CTS LINE_CTS')} FROM legacy.ORDER_LINE
     WHERE ORD_NO = $1 ORDER BY 1`,
    [order.ORD_NO],
  );
  return { ...order, LINES: lines };
}
