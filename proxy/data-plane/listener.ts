import { randomUUID } from 'node:crypto';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { rawProblem } from './answer-problem.ts';
import { ClientConnections } from './client-connections.ts';
import { closeGently } from './close-gently.ts';
import type { FailureCode } from './failures.ts';
import { handleRequest, type RequestDeps } from './handle-request.ts';
import { handleUpgrade, isWebSocketRequest } from './handle-upgrade.ts';

export interface ListenerLimits {
  readonly maxHeaderBytes: number;
  /** For the whole head of a request. */
  readonly headersTimeoutMs: number;
  /** How long a connection may lie idle between requests. */
  readonly keepAliveTimeoutMs: number;
}

export const defaultListenerLimits: ListenerLimits = {
  maxHeaderBytes: 32_768,
  headersTimeoutMs: 15_000,
  keepAliveTimeoutMs: 65_000,
};

const KEEP_ALIVE_PROBE_MS = 60_000;
/** How long clients are told to let go before their idle connections are closed. */
const LET_GO_MS = 500;

export interface Listener {
  readonly port: number;
  /**
   * Tells clients to let go for a moment, `drainMs` at least, then takes no new connections, closes idle ones
   * and lets requests finish; all of it within `drainMs + graceMs`.
   */
  close(graceMs: number, drainMs?: number): Promise<void>;
}

/** Accepts connections; Node's parser, strict as it comes, reads requests, and our own rules follow. */
export async function listen(
  deps: RequestDeps,
  address: { readonly host: string; readonly port: number; readonly fd?: number | undefined },
  limits: ListenerLimits = defaultListenerLimits,
): Promise<Listener> {
  const connections = new ClientConnections();
  const onRequest = (req: IncomingMessage, res: ServerResponse): void =>
    connections.takeTurn(req, res, () => handleRequest(deps, req, res));
  const server = http.createServer({
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.headersTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    // Uploads may take as long as they flow; what stands still is ended by the upstream side's deadline.
    requestTimeout: 0,
    connectionsCheckingInterval: 1000,
    insecureHTTPParser: false,
    // `readRequest` looks after Host, so that its absence is answered like any other mistake.
    requireHostHeader: false,
    noDelay: true,
    // Finds clients that are gone without a word; a tunnel has no other limit.
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_PROBE_MS,
    shouldUpgradeCallback(req) {
      // Behind a request that is still being answered a 101 would overtake that answer.
      const upgrades = isWebSocketRequest(req) && !connections.isAnswering(req.socket);
      // Node loses what came in one packet with an upgrade that is not made.
      if (!upgrades) connections.takeNoMore(req.socket);
      return upgrades;
    },
  });
  // Node would drop headers over its own limit without a word; `readRequest` refuses instead.
  server.maxHeadersCount = 0;
  server.on('connection', (socket) => connections.opened(socket));
  server.on('request', onRequest);
  server.on('checkContinue', onRequest);
  // Any other expectation reaches `readRequest`, which refuses it.
  server.on('checkExpectation', onRequest);
  server.on('upgrade', (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Nothing but a WebSocket request without a body upgrades here, and for those Node hands over the socket itself.
    void handleUpgrade(deps, req, socket as Socket, head);
  });
  server.on('connect', ({ socket }: IncomingMessage) => {
    socket.on('error', () => socket.destroy());
    deps.counts.failed('method_refused');
    if (connections.isAnswering(socket)) socket.destroy();
    else closeGently(socket, rawProblem('method_refused', randomUUID()));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, client: Duplex) => {
    const socket = client as Socket;
    const code = clientFailure(error);
    if (code === 'client_closed') {
      socket.destroy();
    } else if (connections.isAnswering(socket)) {
      connections.endWithNonsense(socket);
    } else if (!socket.writableEnded) {
      deps.counts.failed(code);
      closeGently(socket, rawProblem(code, randomUUID()));
    }
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    const { fd, port, host } = address;
    server.listen(fd === undefined ? { port, host } : { fd }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  server.on('error', (error) => deps.log.error({ err: error }, 'listener failed'));

  return {
    port: (server.address() as AddressInfo).port,
    close(graceMs, drainMs = 0) {
      return new Promise((resolve) => {
        const force = setTimeout(() => connections.closeAll(), drainMs + graceMs);
        // A client that sends just as its idle connection is closed gets no answer: it is told before.
        connections.letGo();
        setTimeout(
          () => {
            server.close(() => {
              clearTimeout(force);
              resolve();
            });
            connections.closeWhenAnswered();
          },
          Math.max(drainMs, Math.min(LET_GO_MS, graceMs / 2)),
        );
      });
    },
  };
}

function clientFailure(error: NodeJS.ErrnoException): FailureCode {
  if (error.code === 'HPE_HEADER_OVERFLOW') return 'headers_too_large';
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'client_timeout';
  return error.code?.startsWith('HPE_') ? 'bad_request' : 'client_closed';
}
