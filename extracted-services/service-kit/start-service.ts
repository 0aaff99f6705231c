import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Service } from './create-service.ts';

export type StartOptions = {
  host: string;
  /** 0 takes any free port. */
  port: number;
  /** How long a stopping service still answers while `/readyz` says 503, for load balancers to notice. */
  drainMs?: number;
  /** How long requests in flight may take after that before their connections are cut. */
  finishMs?: number;
};

export type RunningService = { url: string; port: number; close(): Promise<void> };

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than proxies keep theirs pooled (60 s is common): whoever closes first must be the one who sends. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;

/** Listens until `close`, which resolves when every request in flight was answered or `finishMs` is over. */
export async function startService(service: Service, options: StartOptions): Promise<RunningService> {
  const { host, drainMs = 0, finishMs = 10_000 } = options;
  const server = createServer({
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
  });
  server.on('request', (request, response) => {
    // One that was busy when the server closed would be kept alive, and the server open, for its whole time.
    response.once('close', () => {
      if (!server.listening) setImmediate(() => server.closeIdleConnections());
    });
    service.app(request, response);
  });
  let closing: Promise<void> | undefined;
  server.listen(options.port, host);
  await once(server, 'listening');

  async function close(): Promise<void> {
    service.beginStopping();
    await delay(drainMs);
    const closed = once(server, 'close');
    server.close();
    const cut = setTimeout(() => server.closeAllConnections(), finishMs);
    await closed;
    clearTimeout(cut);
  }

  const { port } = server.address() as AddressInfo;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  service.logger.info({ url }, 'listening');
  return {
    url,
    port,
    close() {
      closing ??= close();
      return closing;
    },
  };
}
