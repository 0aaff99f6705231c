import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { type OrderRow, orderColumns } from './orders/order.ts';
import type { Parts } from './parts.ts';

const MAX_MESSAGE_BYTES = 1024 * 1024;

type Conversation = (socket: WebSocket, parts: Parts) => void;

/** By path; `/ws/orders` wants a login or a key, as the API with the same data does. */
export const conversations: Record<string, { open: boolean; hold: Conversation }> = {
  '/ws/echo': { open: true, hold: echo },
  '/ws/orders': { open: false, hold: tellOrders },
};

/** Answers upgrades on the server; the returned function says goodbye to every socket and cuts those that stay. */
export function addWebSockets(server: Server, parts: Parts): () => void {
  const webSockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  server.on('upgrade', (request: IncomingMessage, connection: Duplex, head: Buffer) => {
    // A client that leaves during the handshake must not end the process.
    connection.on('error', () => connection.destroy());
    const path = (request.url ?? '').split('?')[0] ?? '';
    const conversation = conversations[path];
    if (conversation === undefined) return refuse(connection, '404 Not Found');
    if (!conversation.open && !parts.access.allows(request)) return refuse(connection, '401 Unauthorized');
    webSockets.handleUpgrade(request, connection, head, (socket) => {
      socket.on('error', () => socket.terminate());
      conversation.hold(socket, parts);
    });
  });
  return () => {
    for (const socket of webSockets.clients) {
      socket.close(1001, 'The monolith stops');
      setTimeout(() => socket.terminate(), 500).unref();
    }
  };
}

function refuse(connection: Duplex, status: string): void {
  const answer = `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
  // Without destroying it, a client that never ends its side would keep the monolith from stopping.
  connection.end(answer, () => connection.destroy());
}

/** Every message comes back as it was, text as text and binary as binary. */
function echo(socket: WebSocket): void {
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
}

/** `{"subscribe":"orders","after":0,"count":3,"intervalMs":10}` is answered with that many orders; all else with a problem. */
function tellOrders(socket: WebSocket, { database }: Parts): void {
  socket.on('message', async (data, isBinary) => {
    const wish = isBinary ? undefined : readWish(data);
    if (wish === undefined) {
      socket.send(
        JSON.stringify({ problem: 'Send {"subscribe":"orders","after":0,"count":3,"intervalMs":10}' }),
      );
      return;
    }
    try {
      const orders = await database.rows<OrderRow>(
        `SELECT ${orderColumns} FROM legacy.ORDERS WHERE ORD_NO > $1 ORDER BY ORD_NO LIMIT $2`,
        [wish.after, wish.count],
      );
      for (const order of orders) {
        if (socket.readyState !== socket.OPEN) return;
        socket.send(JSON.stringify({ order }));
        await delay(wish.intervalMs);
      }
    } catch (error) {
      console.error('A subscription failed:', error);
      socket.close(1011);
    }
  });
}

type Wish = { after: number; count: number; intervalMs: number };

function readWish(data: RawData): Wish | undefined {
  try {
    const { subscribe, after = 0, count = 3, intervalMs = 10 } = JSON.parse(String(data)) ?? {};
    const isValid =
      subscribe === 'orders' &&
      isWithin(after, 2 ** 31 - 1) &&
      isWithin(count, 1000) &&
      isWithin(intervalMs, 10_000);
    return isValid ? { after, count, intervalMs } : undefined;
  } catch {
    return undefined;
  }
}

const isWithin = (value: unknown, max: number) =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max;
