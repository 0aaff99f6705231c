import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { closeGently } from './close-gently.ts';

/** Requests that a client may send ahead on one connection. */
const MAX_AHEAD = 256;

/** A request that is being forwarded. */
export interface UnderWay {
  /** The rest of it is malformed. */
  refuseRest(): void;
}

interface ClientConnection {
  /** Answer to the newest request, until it is sent. */
  latest: ServerResponse | undefined;
  /** The newest request, once its turn has come. */
  underWay: UnderWay | undefined;
  /** Requests that wait for those before them. */
  ahead: number;
  /** Nothing more will be read from it. */
  isLast: boolean;
}

/**
 * The clients' connections. Requests of one connection go one after another, as their answers do: the second
 * may depend on what the first one writes (RFC 9112, 9.3.2), and a client that sends thousands ahead takes up
 * no more of the upstreams than any other.
 */
export class ClientConnections {
  readonly #connections = new Map<Socket, ClientConnection>();
  #stopping = false;

  opened(socket: Socket): void {
    this.#connections.set(socket, { latest: undefined, underWay: undefined, ahead: 0, isLast: false });
    socket.once('close', () => this.#connections.delete(socket));
  }

  /** Calls `start` when everything asked before on this connection is answered; never, when that ends it. */
  takeTurn(req: IncomingMessage, res: ServerResponse, start: () => UnderWay | undefined): void {
    const { socket } = req;
    const connection = this.#connections.get(socket);
    if (!connection || !socket.writable) return;
    const before = connection.latest;
    connection.latest = res;
    if (this.#stopping || connection.isLast) res.shouldKeepAlive = false;
    res.once('close', () => {
      if (connection.latest !== res) return;
      // An idle connection must not hold on to what was captured for its last request.
      connection.latest = undefined;
      connection.underWay = undefined;
    });
    if (before === undefined) {
      connection.underWay = start();
    } else if (++connection.ahead > MAX_AHEAD) {
      socket.destroy();
    } else {
      before.once('close', () => {
        connection.ahead--;
        if (socket.writable) connection.underWay = start();
      });
    }
  }

  /** Whether an answer is under way, into whose middle nothing else may be written. */
  isAnswering(socket: Socket): boolean {
    return this.#connections.get(socket)?.latest !== undefined;
  }

  /** The request that is being read is the last one of its connection. */
  takeNoMore(socket: Socket): void {
    const connection = this.#connections.get(socket);
    if (connection) connection.isLast = true;
  }

  /** What came last makes no sense: the end of the newest request, or what is behind it. The latter still has its answer. */
  endWithNonsense(socket: Socket): void {
    const connection = this.#connections.get(socket);
    const latest = connection?.latest;
    if (!connection || !latest) {
      socket.destroy();
    } else if (!latest.req.complete && !latest.writableEnded) {
      if (connection.ahead === 0 && connection.underWay) connection.underWay.refuseRest();
      else socket.destroy();
    } else if (!connection.isLast) {
      connection.isLast = true;
      latest.shouldKeepAlive = false;
      latest.once('close', () => closeGently(socket));
    }
  }

  /** From now on every answer is its connection's last one, and says so. */
  letGo(): void {
    this.#stopping = true;
    for (const { latest } of this.#connections.values()) if (latest) latest.shouldKeepAlive = false;
  }

  /** Closes what is idle now, the others after their answer. */
  closeWhenAnswered(): void {
    this.letGo();
    for (const [socket, { latest }] of this.#connections) {
      if (!latest) {
        if (!socket.writableEnded) socket.destroy();
        continue;
      }
      // Too late for one whose head is on its way.
      latest.once('close', () => socket.destroy());
    }
  }

  closeAll(): void {
    for (const socket of this.#connections.keys()) socket.destroy();
  }
}
