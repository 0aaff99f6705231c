import { once } from 'node:events';
import { connect } from 'node:net';
import { RawConnection } from './raw-connection.ts';
import { type RawMessage, readMessage } from './raw-message.ts';

/** A client that sends any bytes at all and reads answers by the letter of RFC 9112. */
export class RawClient extends RawConnection {
  static async connect(port: number): Promise<RawClient> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  /** The next answer, interim ones included; rejects when the connection breaks in the middle of it. */
  answer(method = 'GET'): Promise<RawMessage> {
    return this.take('an answer', (unread, hasEnded) =>
      readMessage(
        unread,
        hasEnded,
        () => 'close',
        ({ status }) => method === 'HEAD' || status < 200 || status === 204 || status === 304,
      ),
    );
  }

  /** Sends a request and waits for its answer. */
  async ask(request: string | Buffer, method = 'GET'): Promise<RawMessage> {
    this.send(request);
    return this.answer(method);
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}

/** Asks on a connection of its own. */
export async function askOnce(port: number, request: string | Buffer, method = 'GET'): Promise<RawMessage> {
  using client = await RawClient.connect(port);
  return await client.ask(request, method);
}
