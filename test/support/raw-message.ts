/** An HTTP/1.1 message as it went over the wire; text is latin1, one character a byte. */
export class RawMessage {
  /** First line and field lines, without the empty line. */
  readonly head: string;
  /** Without its framing. */
  readonly body: Buffer;
  /** The body with its framing. */
  readonly wireBody: Buffer;

  constructor(head: string, body: Buffer, wireBody: Buffer) {
    this.head = head;
    this.body = body;
    this.wireBody = wireBody;
  }

  get startLine(): string {
    return this.head.split('\r\n', 1)[0]!;
  }

  /** Status of an answer. */
  get status(): number {
    return Number(this.startLine.split(' ')[1]);
  }

  /** Field lines in order and case. */
  get lines(): string[] {
    return this.head.split('\r\n').slice(1);
  }

  /** Every value of a field, by its name in any case. */
  values(name: string): string[] {
    const prefix = `${name.toLowerCase()}:`;
    return this.lines
      .filter((line) => line.toLowerCase().startsWith(prefix))
      .map((line) => line.slice(prefix.length).trim());
  }

  /** The only value of a field; undefined without one, an error with several. */
  value(name: string): string | undefined {
    const values = this.values(name);
    if (values.length > 1) throw new Error(`${values.length} ${name} fields in\n${this.head}`);
    return values[0];
  }

  get text(): string {
    return this.body.toString('latin1');
  }

  json(): Record<string, unknown> {
    return JSON.parse(this.body.toString());
  }
}

/** How a body without framing ends: `none` has no body, `close` lasts until the connection closes. */
export type Unframed = 'none' | 'close';

/** The first message in the bytes with the length it takes, or undefined while it is not whole. */
export function readMessage(
  bytes: Buffer,
  hasEnded: boolean,
  unframed: (head: RawMessage) => Unframed,
  isBodiless: (head: RawMessage) => boolean,
): { message: RawMessage; length: number } | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const head = bytes.toString('latin1', 0, headEnd);
  const start = headEnd + 4;
  const whole = (body: Buffer, end: number) => ({
    message: new RawMessage(head, body, bytes.subarray(start, end)),
    length: end,
  });
  const nothing = Buffer.alloc(0);
  const bare = new RawMessage(head, nothing, nothing);
  if (isBodiless(bare)) return whole(nothing, start);
  if (bare.value('Transfer-Encoding') !== undefined) return readChunks(bytes, start, whole);
  const length = bare.value('Content-Length');
  if (length !== undefined) {
    const end = start + Number(length);
    return bytes.length < end ? undefined : whole(bytes.subarray(start, end), end);
  }
  if (unframed(bare) === 'none') return whole(nothing, start);
  return hasEnded ? whole(bytes.subarray(start), bytes.length) : undefined;
}

function readChunks<T>(bytes: Buffer, start: number, whole: (body: Buffer, end: number) => T): T | undefined {
  const chunks: Buffer[] = [];
  for (let offset = start; ; ) {
    const lineEnd = bytes.indexOf('\r\n', offset);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', offset, lineEnd), 16);
    if (size === 0) {
      // The last chunk's own line end, and behind it an empty line: between them are trailers, if any.
      const end = bytes.indexOf('\r\n\r\n', lineEnd);
      return end < 0 ? undefined : whole(Buffer.concat(chunks), end + 4);
    }
    const dataEnd = lineEnd + 2 + size;
    if (bytes.length < dataEnd + 2) return undefined;
    chunks.push(bytes.subarray(lineEnd + 2, dataEnd));
    offset = dataEnd + 2;
  }
}
