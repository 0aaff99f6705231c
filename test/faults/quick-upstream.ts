import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface QuickUpstream extends AsyncDisposable {
  readonly port: number;
  /** Requests for `/slow/…` that it has had. */
  readonly slowCount: number;
  /** Connections that are open to it. */
  readonly connections: number;
}

/** A well-behaved upstream that answers with its name; `/slow/MS` after so many milliseconds. */
export async function startQuickUpstream(name = 'monolith'): Promise<QuickUpstream> {
  let slowCount = 0;
  let connections = 0;
  const server = createServer((request, response) => {
    const slow = /^\/slow\/(\d+)/.exec(request.url ?? '');
    if (slow) slowCount++;
    if (slow) setTimeout(() => response.end(name), Number(slow[1])).unref();
    else response.end(name);
  });
  server.on('connection', (socket) => {
    connections++;
    socket.once('close', () => connections--);
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    get slowCount() {
      return slowCount;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Without a Postgres to wait for: none of these faults needs it. */
export const withoutPostgres = { DATABASE_URL: 'postgres://nobody:x@127.0.0.1:1/ficus' };
