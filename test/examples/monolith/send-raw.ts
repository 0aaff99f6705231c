import { once } from 'node:events';
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';

export type RawRequest = {
  method?: string;
  path: string;
  host?: string;
  headers?: Record<string, string>;
  body?: Buffer | string;
};

export type RawAnswer = {
  status: number;
  /** Header lines as they came, decoded byte for byte. */
  headerLines: string[];
  /** All values of a header. */
  values(name: string): string[];
  /** Without its chunks' frames. */
  body: Buffer;
};

/** Sends a request exactly as given, which fetch does not, and reads until the server closes the connection. */
export async function sendRaw(port: number, request: RawRequest): Promise<RawAnswer> {
  const body = Buffer.from(request.body ?? '');
  const lines = [
    `${request.method ?? 'GET'} ${request.path} HTTP/1.1`,
    `Host: ${request.host ?? `127.0.0.1:${port}`}`,
    'Connection: close',
    ...Object.entries(request.headers ?? {}).map(([name, value]) => `${name}: ${value}`),
    ...(request.body === undefined ? [] : [`Content-Length: ${body.length}`]),
  ];
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]));
  return parseAnswer(await buffer(socket));
}

export function parseAnswer(bytes: Buffer): RawAnswer {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd === -1) throw new Error(`No answer in ${bytes.length} bytes`);
  const [statusLine = '', ...headerLines] = bytes.subarray(0, headEnd).toString('latin1').split('\r\n');
  const values = (name: string) =>
    headerLines
      .map((line) => /^([^:]*): ?(.*)$/.exec(line))
      .filter((match) => match?.[1]?.toLowerCase() === name.toLowerCase())
      .map((match) => match?.[2] ?? '');
  const rest = bytes.subarray(headEnd + 4);
  const isChunked = values('Transfer-Encoding').includes('chunked');
  return {
    status: Number(statusLine.split(' ')[1]),
    headerLines,
    values,
    body: isChunked && rest.length > 0 ? joinChunks(rest) : rest,
  };
}

function joinChunks(bytes: Buffer): Buffer {
  const chunks: Buffer[] = [];
  for (let offset = 0; ; ) {
    const lineEnd = bytes.indexOf('\r\n', offset);
    if (lineEnd === -1) throw new Error('The answer broke off between two chunks');
    const length = Number.parseInt(bytes.toString('latin1', offset, lineEnd), 16);
    if (length === 0) return Buffer.concat(chunks);
    chunks.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + length));
    offset = lineEnd + 2 + length + 2;
  }
}
