import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { readStrictly, type StrictRequest } from './strict-requests.ts';

/** What an upstream says to a request. */
export type Answer = (request: StrictRequest) => Buffer | string;

/** Says back what was asked: the target as `X-Target`, the body as body. */
export const echo: Answer = ({ method, target, body }) => {
  const head = `HTTP/1.1 200 OK\r\nX-Target: ${target}\r\nContent-Length: ${body.length}\r\n\r\n`;
  return method === 'HEAD' ? head : Buffer.concat([Buffer.from(head, 'latin1'), body]);
};

/** An upstream that reads by the letter, and keeps everything that another upstream could read differently. */
export class EchoUpstream {
  readonly requests: StrictRequest[] = [];
  /** What came and is no request by the letter. */
  readonly problems: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #answer: Answer;

  private constructor(server: Server, answer: Answer) {
    this.#server = server;
    this.#answer = answer;
    server.on('connection', (socket) => this.#serve(socket));
  }

  static async start(answer: Answer = echo): Promise<EchoUpstream> {
    const server = createServer({ noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new EchoUpstream(server, answer);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Resolves when every connection is closed, with nothing left behind that is not in `problems`. */
  async allClosed(): Promise<void> {
    // Not `once` of node:events, which rejects when a reset comes first.
    const closed = (socket: Socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()));
    await Promise.all([...this.#sockets].map(closed));
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
    let saidContinue = false;
    socket.on('data', (chunk: Buffer) => {
      unread = unread.length === 0 ? chunk : Buffer.concat([unread, chunk]);
      while (unread.length > 0) {
        const reading = readStrictly(unread);
        if (reading === 'incomplete') {
          if (!saidContinue && expectsContinue(unread)) {
            saidContinue = true;
            socket.write('HTTP/1.1 100 Continue\r\n\r\n');
          }
          return;
        }
        saidContinue = false;
        if ('problem' in reading) {
          this.problems.push(`${reading.problem} in ${JSON.stringify(unread.toString('latin1', 0, 1000))}`);
          socket.destroy();
          return;
        }
        unread = unread.subarray(reading.length);
        this.requests.push(reading.request);
        socket.write(this.#answer(reading.request));
      }
    });
  }
}

function expectsContinue(unread: Buffer): boolean {
  const headEnd = unread.indexOf('\r\n\r\n');
  return headEnd >= 0 && /\r\nExpect: 100-continue(?:\r\n|$)/i.test(unread.toString('latin1', 0, headEnd));
}
