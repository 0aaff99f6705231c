import { once } from 'node:events';
import tls, { type TLSSocket } from 'node:tls';
import { authority } from './test-certificates.ts';

export const FrameType = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const END_STREAM = 0x1;
export const END_HEADERS = 0x4;

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** What a stream came to: the first frame that says it, `closed` when the connection ended before. */
export type StreamFate = `reset ${number}` | `status ${number}` | `goaway ${number}` | 'closed';

/** RFC 7541, appendix A: the only statuses that its static table has. */
const staticStatuses = [200, 204, 206, 304, 400, 404, 500];

/** An HTTP/2 client that sends any frames at all. Field bytes go out as they are: nothing is indexed. */
export class RawHttp2 {
  readonly socket: TLSSocket;
  readonly frames: Frame[] = [];
  hasEnded = false;
  #unread: Buffer = Buffer.alloc(0);
  #wake = (): void => {};

  private constructor(socket: TLSSocket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    const onEnd = (): void => {
      this.hasEnded = true;
      this.#wake();
    };
    socket.on('end', onEnd);
    socket.on('close', onEnd);
    socket.on('error', onEnd);
  }

  /** Connects and says the preface, with `settings` as the payload of its first frame. */
  static async connect(port: number, settings = Buffer.alloc(0)): Promise<RawHttp2> {
    const socket = tls.connect({ port, host: '127.0.0.1', ca: authority, ALPNProtocols: ['h2'] });
    await once(socket, 'secureConnect');
    const client = new RawHttp2(socket);
    socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    client.send(FrameType.settings, 0, 0, settings);
    return client;
  }

  send(type: number, flags: number, stream: number, payload: Buffer | string = ''): void {
    this.socket.write(frame(type, flags, stream, payload));
  }

  /** The headers of a whole request without body, unless `flags` say otherwise. */
  ask(stream: number, fields: readonly Field[], flags = END_STREAM | END_HEADERS): void {
    this.send(FrameType.headers, flags, stream, literals(fields));
  }

  /** The first frame that `wanted` returns something for, from the first one on. */
  async until<T>(wanted: (frame: Frame) => T | undefined): Promise<T | 'closed'> {
    for (let i = 0; ; i++) {
      while (i >= this.frames.length) {
        if (this.hasEnded) return 'closed';
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
      const result = wanted(this.frames[i]!);
      if (result !== undefined) return result;
    }
  }

  fate(stream: number): Promise<StreamFate> {
    return this.until(({ type, stream: of, payload }): StreamFate | undefined => {
      if (type === FrameType.goAway) return `goaway ${payload.readUInt32BE(4)}`;
      if (of !== stream) return undefined;
      if (type === FrameType.reset) return `reset ${payload.readUInt32BE(0)}`;
      return type === FrameType.headers ? `status ${statusOf(payload)}` : undefined;
    });
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }

  #onData(chunk: Buffer): void {
    let unread = Buffer.concat([this.#unread, chunk]);
    while (unread.length >= 9 && unread.length >= 9 + unread.readUIntBE(0, 3)) {
      const end = 9 + unread.readUIntBE(0, 3);
      const received: Frame = {
        type: unread[3]!,
        flags: unread[4]!,
        stream: unread.readUInt32BE(5),
        payload: unread.subarray(9, end),
      };
      this.frames.push(received);
      if (received.type === FrameType.settings && received.flags === 0) this.send(FrameType.settings, 1, 0);
      unread = unread.subarray(end);
    }
    this.#unread = unread;
    this.#wake();
  }
}

export type Field = readonly [name: string, value: string];

/** The pseudo-headers of a sound GET. */
export const soundGet: readonly Field[] = [
  [':method', 'GET'],
  [':scheme', 'https'],
  [':authority', 'shop'],
  [':path', '/a'],
];

/** The same with some of them changed, or left out by `undefined`, and other fields behind. */
export function getWith(changes: Record<string, string | undefined>, ...others: Field[]): Field[] {
  const pseudo = soundGet.flatMap(([name, value]): Field[] => {
    const changed = name in changes ? changes[name] : value;
    return changed === undefined ? [] : [[name, changed]];
  });
  return [...pseudo, ...others];
}

export function frame(type: number, flags: number, stream: number, payload: Buffer | string = ''): Buffer {
  const bytes = Buffer.from(payload as string, 'latin1');
  const head = Buffer.alloc(9);
  head.writeUIntBE(bytes.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, bytes]);
}

/** RFC 7541, 6.2.2: literal fields without indexing and without Huffman coding. */
export function literals(fields: readonly Field[]): Buffer {
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]));
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1');
  return Buffer.concat([integer(bytes.length), bytes]);
}

/** RFC 7541, 5.1, with a prefix of seven bits. */
function integer(value: number): Buffer {
  if (value < 127) return Buffer.from([value]);
  const bytes = [127];
  let rest = value - 127;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}

function statusOf(block: Buffer): number {
  // A change of the table's size may come first (RFC 7541, 6.3).
  const first = block.find((byte) => (byte & 0xe0) !== 0x20) ?? 0;
  return staticStatuses[first - 0x88] ?? 0;
}
