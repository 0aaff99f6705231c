/**
 * RFC 9112 read by its letter, from an upstream's point of view, and sharing nothing with the proxy: what this
 * reader finds is what the most literal upstream would find, and whatever two upstreams could read in two ways
 * is a problem.
 */
export interface StrictRequest {
  readonly method: string;
  readonly target: string;
  /** Field lines in order and case; text is latin1, one character a byte. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly framing: 'none' | 'length' | 'chunked';
  /** Without its framing. */
  readonly body: Buffer;
}

export type StrictReading =
  | { readonly request: StrictRequest; readonly length: number }
  | { readonly problem: string }
  /** What is here is well-formed and not whole yet. */
  | 'incomplete';

const requestLine = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([\x21\x24-\x7e][\x21\x22\x24-\x7e]*) HTTP\/1\.1$/;
const fieldLine =
  /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*((?:[\x20-\x7e\t\x80-\xff]*[\x21-\x7e\x80-\xff])?)[ \t]*$/;
const chunkSize = /^[0-9A-Fa-f]{1,13}$/;
/** RFC 9110, 6.5.1: framing, routing, controls and content may not be said after the body. */
const notInTrailers =
  /^(?:transfer-encoding|content-length|content-type|content-encoding|content-range|host|authorization|cookie|set-cookie|connection|upgrade|te|trailer|expect|range|if-.*)$/;

/** Reads the first request in the bytes. */
export function readStrictly(bytes: Buffer): StrictReading {
  const headEnd = bytes.indexOf('\r\n\r\n');
  const lines = bytes.toString('latin1', 0, headEnd < 0 ? bytes.length : headEnd).split('\r\n');
  if (headEnd < 0) {
    const torn = lines.findIndex((line, i) =>
      /[\r\n\0]/.test(i === lines.length - 1 ? line.replace(/\r$/, '') : line),
    );
    return torn < 0 ? 'incomplete' : { problem: `a stray CR, LF or NUL: ${JSON.stringify(lines[torn])}` };
  }
  const start = requestLine.exec(lines[0]!);
  if (!start) return { problem: `no request line: ${JSON.stringify(lines[0])}` };
  const fields: [string, string][] = [];
  for (const line of lines.slice(1)) {
    const field = fieldLine.exec(line);
    if (!field) return { problem: `no field line: ${JSON.stringify(line)}` };
    fields.push([field[1]!, field[2]!]);
  }
  const framing = framingOf(fields);
  if ('problem' in framing) return framing;
  const method = start[1]!;
  const target = start[2]!;
  if (target[0] !== '/' && !(target === '*' && method === 'OPTIONS'))
    return { problem: `a target that is no path: ${target}` };
  const whole = (body: Buffer, length: number): StrictReading => ({
    request: { method, target, fields, framing: framing.kind, body },
    length,
  });
  const bodyStart = headEnd + 4;
  if (framing.kind === 'chunked') return readChunks(bytes, bodyStart, whole);
  const bodyEnd = bodyStart + framing.length;
  return bytes.length < bodyEnd ? 'incomplete' : whole(bytes.subarray(bodyStart, bodyEnd), bodyEnd);
}

type Framing = { kind: StrictRequest['framing']; length: number } | { problem: string };

function framingOf(fields: readonly (readonly [string, string])[]): Framing {
  const lengths: string[] = [];
  const encodings: string[] = [];
  let hosts = 0;
  for (const [name, value] of fields) {
    const lower = name.toLowerCase();
    if (lower === 'host') hosts++;
    else if (lower === 'content-length') lengths.push(value);
    else if (lower === 'transfer-encoding') encodings.push(value);
    // CGI and WSGI read `_` and `-` alike, PHP and others `.` too.
    else if (/^(?:content[_.]length|transfer[_.]encoding)$/.test(lower))
      return { problem: `a field named ${name}` };
  }
  if (hosts !== 1) return { problem: `${hosts} Host fields` };
  if (lengths.length + encodings.length > 1)
    return { problem: `a body framed more than once: ${[...lengths, ...encodings].join(' and ')}` };
  if (encodings.length === 1) {
    return encodings[0]!.toLowerCase() === 'chunked'
      ? { kind: 'chunked', length: 0 }
      : { problem: `Transfer-Encoding: ${encodings[0]}` };
  }
  if (lengths.length === 0) return { kind: 'none', length: 0 };
  if (!/^(?:0|[1-9][0-9]{0,14})$/.test(lengths[0]!)) return { problem: `Content-Length: ${lengths[0]}` };
  return { kind: 'length', length: Number(lengths[0]) };
}

function readChunks(
  bytes: Buffer,
  start: number,
  whole: (body: Buffer, length: number) => StrictReading,
): StrictReading {
  const chunks: Buffer[] = [];
  for (let at = start; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    const line = bytes.toString('latin1', at, lineEnd < 0 ? Math.min(bytes.length, at + 32) : lineEnd);
    if (lineEnd < 0) {
      const begun = /^(?:[0-9A-Fa-f]{1,13}\r?)?$/.test(line);
      return begun ? 'incomplete' : { problem: `no chunk size: ${JSON.stringify(line)}` };
    }
    if (!chunkSize.test(line)) return { problem: `no chunk size: ${JSON.stringify(line.slice(0, 80))}` };
    const size = Number.parseInt(line, 16);
    const dataStart = lineEnd + 2;
    if (size === 0) return readTrailers(bytes, dataStart, (end) => whole(Buffer.concat(chunks), end));
    const dataEnd = dataStart + size;
    if (bytes.length > dataEnd && bytes[dataEnd] !== 0x0d) return { problem: 'a chunk longer than its size' };
    if (bytes.length > dataEnd + 1 && bytes[dataEnd + 1] !== 0x0a)
      return { problem: 'a chunk that ends in CR alone' };
    if (bytes.length < dataEnd + 2) return 'incomplete';
    chunks.push(bytes.subarray(dataStart, dataEnd));
    at = dataEnd + 2;
  }
}

function readTrailers(bytes: Buffer, start: number, whole: (end: number) => StrictReading): StrictReading {
  for (let at = start; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return 'incomplete';
    if (lineEnd === at) return whole(at + 2);
    const line = bytes.toString('latin1', at, lineEnd);
    const field = fieldLine.exec(line);
    if (!field) return { problem: `no trailer: ${JSON.stringify(line)}` };
    if (notInTrailers.test(field[1]!.toLowerCase())) return { problem: `a trailer named ${field[1]}` };
    at = lineEnd + 2;
  }
}
