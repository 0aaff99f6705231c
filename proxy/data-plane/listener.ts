import { randomUUID } from 'node:crypto';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { answerProblem, rawProblem } from './answer-problem.ts';
import { ClientConnection, type ClientConnectionOwner } from './client-connection.ts';
import type { Peer } from './client-identity.ts';
import { createClientServer, type ListenerTls } from './client-server.ts';
import type { FailureCode } from './failures.ts';
import { handleRequest, type RequestDeps } from './handle-request.ts';
import { handleUpgrade } from './handle-upgrade.ts';
import type { Http2Connection, Http2ConnectionOwner } from './http2-connection.ts';
import type { Http2Exchange } from './http2-exchange.ts';
import type { OpenConnection } from './open-connection.ts';
import { type ForwardableRequest, type ReceivedRequest, readRequest } from './request-head.ts';
import type { MalformedHead, RawHead } from './request-line.ts';
import { tellRefused } from './tell-refused.ts';
import { type TrustedProxies, trustsNobody } from './trusted-proxies.ts';
import { webSocketKey } from './web-socket-handshake.ts';

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

/** How long clients are told to let go before their idle connections are closed. */
const LET_GO_MS = 500;
/** How often deadlines are looked at; they are late by at most this. */
const SWEEP_MS = 250;

export interface ListenerAddress {
  readonly host: string;
  readonly port: number;
  /** A socket that listens already; host and port are not used then. */
  readonly fd?: number | undefined;
  /** None: clients come without TLS. */
  readonly tls?: ListenerTls | undefined;
  /** Offers HTTP/2 as well; of no meaning without TLS. */
  readonly http2?: boolean;
  /** None: nobody's word on where a request comes from is taken. */
  readonly trustedProxies?: TrustedProxies;
}

export interface Listener {
  readonly port: number;
  /** For new connections, when the listener was begun with TLS. */
  setTls(tls: ListenerTls): void;
  /**
   * Tells clients to let go for a moment, `drainMs` at least, then takes no new connections, closes idle ones
   * and lets requests finish; all of it within `drainMs + graceMs`.
   */
  close(graceMs: number, drainMs?: number): Promise<void>;
}

/** Accepts connections and hands on their requests, once our own rules have found them sound. */
export async function listen(
  deps: RequestDeps,
  address: ListenerAddress,
  limits: ListenerLimits = defaultListenerLimits,
): Promise<Listener> {
  // Loaded by those alone who offer it: it takes as long as the rest of the data plane.
  const http2 = address.http2 ? (await import('./http2-connection.ts')).Http2Connection : undefined;
  const connections = new ClientConnections(deps, limits, address.trustedProxies ?? trustsNobody, http2);
  const { server, setTls, breakOff } = createClientServer({
    tls: address.tls,
    protocols: address.http2 ? ['h2', 'http/1.1'] : ['http/1.1'],
    onConnection: (socket) => connections.open(socket),
    onHandshakeFailed: () => deps.counts.handshakeFailed(),
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
    setTls,
    close(graceMs, drainMs = 0) {
      return new Promise((resolve) => {
        const force = setTimeout(() => {
          connections.breakOff();
          breakOff();
        }, drainMs + graceMs);
        // A client that sends just as its idle connection is closed gets no answer: it is told before.
        connections.letGo();
        setTimeout(
          () => {
            server.close(() => {
              clearTimeout(force);
              connections.stop();
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

/** The clients' connections of one listener. */
class ClientConnections implements ClientConnectionOwner, Http2ConnectionOwner {
  readonly trustedProxies: TrustedProxies;
  readonly maxHeadBytes: number;
  readonly headTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly #deps: RequestDeps;
  readonly #http2: typeof Http2Connection | undefined;
  readonly #open = new Set<OpenConnection>();
  readonly #sweep: NodeJS.Timeout;
  #coarseNow: number;
  #stopping = false;

  constructor(
    deps: RequestDeps,
    limits: ListenerLimits,
    trustedProxies: TrustedProxies,
    http2: typeof Http2Connection | undefined,
  ) {
    this.#deps = deps;
    this.#http2 = http2;
    this.trustedProxies = trustedProxies;
    this.maxHeadBytes = limits.maxHeaderBytes;
    this.headTimeoutMs = limits.headersTimeoutMs;
    this.idleTimeoutMs = limits.keepAliveTimeoutMs;
    this.#coarseNow = deps.clock.monotonic();
    this.#sweep = setInterval(() => this.#expireOverdue(), SWEEP_MS);
  }

  coarseNow(): number {
    return this.#coarseNow;
  }

  open(socket: Socket): void {
    const isHttp2 = (socket as TLSSocket).alpnProtocol === 'h2';
    const connection =
      isHttp2 && this.#http2 ? new this.#http2(socket, this) : new ClientConnection(socket, this);
    if (this.#stopping) connection.letGo();
    this.#open.add(connection);
  }

  onClosed(connection: OpenConnection): void {
    this.#open.delete(connection);
  }

  onHead(connection: ClientConnection, head: RawHead): void {
    const received = receive(head, connection.peer);
    const request = readRequest(received);
    if ('refused' in request) {
      this.#refuse(connection, request.refused, request.detail, received.id, head);
      return;
    }
    connection.expect(request);
    const key = request.upgrade === '' ? undefined : webSocketKey(received, request);
    try {
      if (key === undefined) handleRequest(this.#deps, received, request, connection);
      else this.#upgrade(received, request, key, connection);
    } catch (error) {
      // A mistake of ours costs this request, and not the process with all the others.
      this.#deps.log.error({ err: error, requestId: received.id }, 'request failed');
      this.#refuse(connection, 'internal', '', received.id, head);
    }
  }

  onStream(exchange: Http2Exchange, head: RawHead | MalformedHead, peer: Peer): void {
    if ('code' in head) {
      this.#answer(exchange, head.code, head.detail, randomUUID());
      return;
    }
    const received = receive(head, peer);
    const request = readRequest(received);
    if ('refused' in request) this.#answer(exchange, request.refused, request.detail, received.id, head);
    else handleRequest(this.#deps, received, request, exchange);
  }

  onMalformed(connection: ClientConnection, code: FailureCode, detail: string): void {
    this.#refuse(connection, code, detail, randomUUID());
  }

  letGo(): void {
    this.#stopping = true;
    for (const connection of this.#open) connection.letGo();
  }

  closeWhenAnswered(): void {
    for (const connection of this.#open) connection.closeWhenAnswered();
  }

  breakOff(): void {
    for (const { socket } of this.#open) socket.destroy();
  }

  stop(): void {
    clearInterval(this.#sweep);
  }

  #upgrade(
    received: ReceivedRequest,
    request: ForwardableRequest,
    key: string,
    connection: ClientConnection,
  ): void {
    handleUpgrade(this.#deps, received, request, key, connection).catch((error: unknown) => {
      this.#deps.log.error({ err: error, requestId: received.id }, 'upgrade failed');
      connection.socket.destroy();
    });
  }

  #refuse(connection: ClientConnection, code: FailureCode, detail: string, id: string, head?: RawHead): void {
    tellRefused(this.#deps, code, id, head);
    connection.refuse(rawProblem(code, id, detail));
  }

  #answer(exchange: Http2Exchange, code: FailureCode, detail: string, id: string, head?: RawHead): void {
    tellRefused(this.#deps, code, id, head);
    answerProblem(exchange, code, id, detail);
  }

  #expireOverdue(): void {
    this.#coarseNow = this.#deps.clock.monotonic();
    for (const connection of this.#open) if (connection.deadline <= this.#coarseNow) connection.expire();
  }
}

function receive(head: RawHead, peer: Peer): ReceivedRequest {
  return {
    method: head.method,
    url: head.target,
    fields: head.fields,
    minorVersion: head.minorVersion,
    peer,
    id: randomUUID(),
  };
}
