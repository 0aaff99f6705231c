import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { PeerEnded, RawConnection } from './raw-connection.ts';
import { RawMessage, readMessage } from './raw-message.ts';

/** An upstream's end of a connection: it does what its script says, well-formed or not. */
export class UpstreamEnd extends RawConnection {
  /** The next whole request. */
  request(): Promise<RawMessage> {
    return this.take('a request', (unread, hasEnded) =>
      readMessage(
        unread,
        hasEnded,
        () => 'none',
        () => false,
      ),
    );
  }

  /** The head of the next request; its body stays unread. */
  head(): Promise<RawMessage> {
    return this.take('the head of a request', (unread) => {
      const end = unread.indexOf('\r\n\r\n');
      if (end < 0) return undefined;
      const nothing = Buffer.alloc(0);
      return {
        message: new RawMessage(unread.toString('latin1', 0, end), nothing, nothing),
        length: end + 4,
      };
    });
  }
}

/** Plays one connection; `index` counts connections from 0. */
export type Script = (connection: UpstreamEnd, index: number) => Promise<void> | void;

/** A server on a free port whose every connection is played by a script. */
export class ScriptedUpstream {
  readonly port: number;
  readonly connections: UpstreamEnd[] = [];
  readonly #server;
  readonly #problems: unknown[] = [];

  private constructor(server: ReturnType<typeof createServer>, script: Script) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (socket: Socket) => {
      const connection = new UpstreamEnd(socket);
      const index = this.connections.push(connection) - 1;
      // A script may wait for one more request for as long as the connection lasts.
      Promise.resolve(script(connection, index)).catch((error) => {
        if (this.#server.listening && !(error instanceof PeerEnded)) this.#problems.push(error);
      });
    });
  }

  static async start(script: Script, host = '127.0.0.1'): Promise<ScriptedUpstream> {
    const server = createServer({ allowHalfOpen: true });
    server.listen(0, host);
    await once(server, 'listening');
    return new ScriptedUpstream(server, script);
  }

  /** Stops and closes every connection; throws what a script threw. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const { socket } of this.connections) socket.destroy();
    await closed;
    if (this.#problems.length > 0) throw new AggregateError(this.#problems, 'the upstream script failed');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** A port on which nothing listens. */
export async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
