import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdminApp, createEvents } from './admin-app.ts';
import type { AdminDeps } from './admin-deps.ts';
import type { Login } from './login/authenticate.ts';

const loopbackHosts = ['127.0.0.1', '::1'];

const headersTimeoutMs = 5_000;
const requestTimeoutMs = 10_000;
const keepAliveTimeoutMs = 5_000;
/** What `close` gives answers that are under way. */
const closeTimeoutMs = 2_000;
const maxConnections = 256;

export interface AdminServer {
  /** Without a trailing slash. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the admin API on `port` (0: any free one) of a loopback address, `127.0.0.1` by default. */
export async function startAdmin(options: {
  deps: AdminDeps;
  port: number;
  host?: string;
  login?: Login | undefined;
  origin?: string | undefined;
  /** Of the built dashboard, when it is not in its usual place. */
  dashboardFolder?: string;
}): Promise<AdminServer> {
  const { deps, port, host = '127.0.0.1', login, origin, dashboardFolder } = options;
  if (!login && !loopbackHosts.includes(host)) {
    throw new Error(
      `The admin plane can't listen on "${host}" without a login: set FICUS_TOKENS_FILE, ` +
        `or use ${loopbackHosts.join(' or ')}.`,
    );
  }
  const events = createEvents(deps);
  const server = createServer(
    {
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: keepAliveTimeoutMs,
      connectionsCheckingInterval: 1_000,
    },
    createAdminApp(deps, {
      login,
      origin,
      events,
      ...(dashboardFolder !== undefined && { dashboardFolder }),
    }),
  );
  server.maxConnections = maxConnections;
  await listen(server, port, host);
  // Accepting fails while no file descriptor is free: that must not take the proxy down.
  server.on('error', (err) => deps.log.error({ err }, 'admin listener failed'));
  const { port: boundPort } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${boundPort}`,
    close() {
      events.streams.close();
      return close(server);
    },
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, port, host)));
  server.listen(port, host, resolve);
  return promise;
}

function explain(error: NodeJS.ErrnoException, port: number, host: string): Error {
  if (error.code === 'EADDRINUSE') {
    const text = `Port ${port} of ${host} is taken: stop who listens there, or choose another with --admin-port`;
    return new Error(text, { cause: error });
  }
  return new Error(`The admin plane can't listen on ${host}, port ${port}: ${error.message}`, {
    cause: error,
  });
}

async function close(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  // A connection whose answer ends from now on is idle, but Node would keep it for the next request.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  const deadline = setTimeout(() => server.closeAllConnections(), closeTimeoutMs);
  await promise;
  clearInterval(sweep);
  clearTimeout(deadline);
}
