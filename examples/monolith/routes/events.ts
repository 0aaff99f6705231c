import { setTimeout as delay } from 'node:timers/promises';
import type { Express, Response } from 'express';
import type { Database } from '../db.ts';
import { endOf } from '../end-of.ts';
import { parameter } from '../listing.ts';
import { type OrderRow, orderColumns } from '../orders/order.ts';
import type { Parts } from '../parts.ts';

const MIN_INTERVAL_MS = 10;
const MAX_INTERVAL_MS = 60_000;

export function addEventRoutes(app: Express, { database, access, stopping }: Parts): void {
  // The orders from number 1 on, one an interval: `count` of them, or without an end.
  app.get('/events/orders', access.keyOrLogin, async (request, response) => {
    const count = Number(parameter(request, 'count', /^\d{1,4}$/) ?? Number.POSITIVE_INFINITY);
    const asked = Number(parameter(request, 'intervalMs', /^\d{1,5}$/) ?? 1000);
    const intervalMs = Math.min(Math.max(asked, MIN_INTERVAL_MS), MAX_INTERVAL_MS);
    // A browser that was cut off says where it was and goes on from there.
    const seen = /^\d{1,9}$/.exec(request.get('Last-Event-ID') ?? '')?.[0];
    response.set({ 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-store' });
    response.flushHeaders();
    if (request.method !== 'HEAD') {
      const ended = endOf(response, stopping);
      await sendOrders(database, response, { after: Number(seen ?? 0), count, intervalMs, ended });
    }
    response.end();
  });
}

type Feed = { after: number; count: number; intervalMs: number; ended: AbortSignal };

async function sendOrders(database: Database, response: Response, { after, count, intervalMs, ended }: Feed) {
  response.write('retry: 2000\n\n');
  for (let sent = 0; sent < count && !ended.aborted; sent++) {
    const order = await nextOrder(database, after);
    if (order === undefined) return;
    after = order.ORD_NO;
    response.write(`id: ${order.ORD_NO}\nevent: order\ndata: ${JSON.stringify(order)}\n\n`);
    if (sent + 1 < count) await delay(intervalMs, undefined, { signal: ended }).catch(() => {});
  }
}

const nextOrder = (database: Database, after: number) =>
  database.row<OrderRow>(
    `SELECT ${orderColumns} FROM legacy.ORDERS WHERE ORD_NO > $1 ORDER BY ORD_NO LIMIT 1`,
    [after],
  );
