import { constants } from 'node:crypto';
import net, { type Server, type Socket } from 'node:net';
import type tls from 'node:tls';
import { READ_BYTES } from './connect-to.ts';

/** What clients that come by TLS are shown; plain data, the same for every worker. */
export interface ListenerTls {
  /** PEM texts. */
  readonly cert: string;
  readonly key: string;
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  /** 48 random bytes: a session begun with one worker is resumed by another. */
  readonly ticketKeys: Uint8Array;
}

/** How clients are served, as the supervisor tells its workers. */
export interface ListenerOptions {
  /** None: clients come without TLS. */
  readonly tls?: ListenerTls | undefined;
  /** Offers HTTP/2 to clients that come by TLS. */
  readonly http2?: boolean;
  /** As `readTrustedProxies` returned them; none: nobody's word on where a request comes from is taken. */
  readonly trustedProxies?: readonly string[];
}

export interface ClientServerOptions {
  /** Undefined: no TLS. */
  readonly tls: ListenerTls | undefined;
  /** By ALPN, the best first; of no meaning without TLS. */
  readonly protocols: readonly string[];
  /** A connection that may carry requests; whoever takes it handles its errors from now on. */
  readonly onConnection: (socket: Socket) => void;
  /** A handshake came to nothing; the connection is gone. */
  readonly onHandshakeFailed: (error: Error) => void;
  readonly handshakeTimeoutMs?: number;
}

export interface ClientServer {
  readonly server: Server;
  /** New connections are shown it from now on; those that are open keep what they have. */
  setTls(tls: ListenerTls): void;
  /** Ends what is still shaking hands, and so was not handed on; of TLS, what was handed on as well. */
  breakOff(): void;
}

const HANDSHAKE_TIMEOUT_MS = 10_000;
/** Finds clients that are gone without a word; a tunnel has no other limit. */
const KEEP_ALIVE_PROBE_MS = 60_000;

const socketOptions = {
  allowHalfOpen: true,
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: KEEP_ALIVE_PROBE_MS,
  // A client that takes nothing is noticed at the first read it is owed, not at the second.
  highWaterMark: READ_BYTES,
};

/** The server that accepts clients, with TLS or without; what it hands on looks the same. */
export function createClientServer(options: ClientServerOptions): ClientServer {
  if (options.tls === undefined) {
    const server = net.createServer(socketOptions, options.onConnection);
    return { server, setTls: () => {}, breakOff: () => {} };
  }
  // Loaded by those alone who need it.
  const { createServer } = process.getBuiltinModule('node:tls');
  const server = createServer(
    {
      ...socketOptions,
      ...contextOptions(options.tls),
      ALPNProtocols: [...options.protocols],
      handshakeTimeout: options.handshakeTimeoutMs ?? HANDSHAKE_TIMEOUT_MS,
    },
    options.onConnection,
  );
  const beneath = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    beneath.add(socket);
    socket.once('close', () => beneath.delete(socket));
  });
  server.on('tlsClientError', (error, socket) => {
    socket.on('error', () => {});
    socket.destroy();
    options.onHandshakeFailed(error);
  });
  return {
    server,
    setTls: (next) => server.setSecureContext(contextOptions(next)),
    breakOff() {
      for (const socket of beneath) socket.destroy();
    },
  };
}

function contextOptions({ cert, key, minVersion, ticketKeys }: ListenerTls): tls.SecureContextOptions & {
  ticketKeys: Buffer;
} {
  return {
    cert,
    key,
    minVersion,
    // A client that renegotiates costs much and gains nothing; TLS 1.3 has none of it.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    ticketKeys: Buffer.from(ticketKeys),
  };
}
