import { once } from 'node:events';
import http2, {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2';
import { authority } from './test-certificates.ts';

export interface Http2Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
  /** Statuses of interim answers. */
  readonly interim: readonly number[];
}

/** An HTTP/2 client as well-behaved as Node's own, over TLS. */
export class Http2Client {
  readonly session: ClientHttp2Session;

  private constructor(session: ClientHttp2Session) {
    this.session = session;
    session.on('error', () => {});
  }

  static async connect(port: number): Promise<Http2Client> {
    const session = http2.connect(`https://127.0.0.1:${port}`, { ca: authority });
    await once(session, 'connect');
    return new Http2Client(session);
  }

  /** Begins a GET for /a of the shop, but for what `headers` say. */
  begin(headers: OutgoingHttpHeaders = {}, hasBody = false): ClientHttp2Stream {
    const all = { ':path': '/a', ':authority': 'shop', ...headers };
    const stream = this.session.request(all, { endStream: !hasBody });
    stream.on('error', () => {});
    return stream;
  }

  /** Sends a request, with its body if there is one, and reads the answer to its end. */
  async ask(headers: OutgoingHttpHeaders = {}, body?: Buffer | string): Promise<Http2Answer> {
    const stream = this.begin(headers, body !== undefined);
    if (body !== undefined) stream.end(body);
    return await answerOf(stream);
  }

  [Symbol.dispose](): void {
    this.session.destroy();
  }
}

/** The whole answer; rejects when the stream is reset before its end, whatever for. */
export async function answerOf(stream: ClientHttp2Stream): Promise<Http2Answer> {
  const interim: number[] = [];
  const chunks: Buffer[] = [];
  let headers: IncomingHttpHeaders | undefined;
  stream.on('headers', (informed: IncomingHttpHeaders) => interim.push(Number(informed[':status'])));
  stream.on('response', (received: IncomingHttpHeaders) => {
    headers = received;
  });
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  if (!stream.destroyed) await new Promise((closed) => stream.once('close', closed));
  if (stream.rstCode !== 0 || headers === undefined)
    throw new Error(`reset with ${stream.rstCode}, ${Buffer.concat(chunks).length} bytes of answer came`);
  const body = Buffer.concat(chunks);
  return { status: Number(headers[':status']), headers, body, text: body.toString('latin1'), interim };
}
