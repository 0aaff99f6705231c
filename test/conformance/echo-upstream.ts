import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { readStrictly, type StrictRequest } from './strict-requests.ts';

/**
 * An upstream that says back what it was asked: the target as `X-Target`, the body as body. It reads by the
 * letter, and keeps everything that another upstream could read differently.
 */
export class EchoUpstream {
  readonly requests: StrictRequest[] = [];
  /** What came and is no request by the letter. */
  readonly problems: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #keeps: boolean;

  private constructor(server: Server, keeps: boolean) {
    this.#server = server;
    this.#keeps = keeps;
    server.on('connection', (socket) => this.#serve(socket));
  }

  /** `keepRequests: false` for long runs, which only count on `problems` and the answers. */
  static async start({ keepRequests = true } = {}): Promise<EchoUpstream> {
    const server = createServer({ noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new EchoUpstream(server, keepRequests);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Called for every request, before it is answered. */
  onRequest: (request: StrictRequest) => void = () => {};

  /** Resolves when every connection is closed, with nothing left behind that is not in `problems`. */
  async allClosed(): Promise<void> {
    await Promise.all([...this.#sockets].map((socket) => once(socket, 'close')));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    let unread: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      unread = unread.length === 0 ? chunk : Buffer.concat([unread, chunk]);
      while (unread.length > 0) {
        const reading = readStrictly(unread);
        if (reading === 'incomplete') return;
        if ('problem' in reading) {
          this.problems.push(reading.problem);
          socket.destroy();
          return;
        }
        unread = unread.subarray(reading.length);
        if (this.#keeps) this.requests.push(reading.request);
        this.onRequest(reading.request);
        socket.write(answerTo(reading.request));
      }
    });
  }
}

function answerTo({ method, target, body }: StrictRequest): Buffer {
  const head = `HTTP/1.1 200 OK\r\nX-Target: ${target}\r\nContent-Length: ${body.length}\r\n\r\n`;
  return method === 'HEAD' ? Buffer.from(head, 'latin1') : Buffer.concat([Buffer.from(head, 'latin1'), body]);
}
