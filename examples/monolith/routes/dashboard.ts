import type { Express } from 'express';
import { html, link, table } from '../html.ts';
import { readListing } from '../listing.ts';
import { type OrderRow, ordersListing, orderTable } from '../orders/order.ts';
import { sendPage } from '../pages.ts';
import type { Parts } from '../parts.ts';

type Totals = { products: number; customers: number; orders: number; open: number; invoices: number };

export function addDashboardRoutes(app: Express, { database, access }: Parts): void {
  app.get('/dashboard', access.login, async (request, response) => {
    const totals = await database.row<Totals>(
      `SELECT (SELECT count(*)::int FROM legacy.PRODUCT WHERE STAT = 'A') AS products,
              (SELECT count(*)::int FROM legacy.CUSTOMER) AS customers,
              (SELECT count(*)::int FROM legacy.ORDERS) AS orders,
              (SELECT count(*)::int FROM legacy.ORDERS WHERE ORD_STAT IN ('N', 'P')) AS open,
              (SELECT count(*)::int FROM legacy.INVOICE WHERE INV_STAT = 'O') AS invoices`,
    );
    if (totals === undefined) throw new Error('Counting returned no row');
    const latest = await readListing<OrderRow>(database, ordersListing({}), 1);
    const counts = [
      [link('/products', totals.products), 'products on sale'],
      [link('/customers', totals.customers), 'customers'],
      [link('/orders', totals.orders), 'orders'],
      [totals.open, 'orders to send'],
      [link('/invoices?status=O', totals.invoices), 'open invoices'],
    ];
    const content = html`${table(['', ''], counts)}
<h2>Passing by</h2><ol id="live" data-events="/events/orders?intervalMs=2000"></ol>
<h2>Latest orders</h2>${orderTable(latest.rows.slice(0, 10))}
<script src="/static/live-orders.js" defer></script>`;
    await sendPage(request, response, 'Dashboard', content);
  });
}
