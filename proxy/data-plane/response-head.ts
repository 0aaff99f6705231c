import { Kind, responseHeaderKind } from './header-kinds.ts';

/** An answer's head as the upstream sent it. */
export interface ResponseHead {
  readonly status: number;
  readonly reason: string;
  /** Flat name, value list in order and case, hop-by-hop included. */
  readonly headers: readonly string[];
  readonly framing: 'none' | 'length' | 'chunked' | 'close';
  /** Bytes, for framing `length`. */
  readonly length: number;
  /** Whether the connection may carry another request once this answer is complete. */
  readonly reusable: boolean;
  /** `Keep-Alive: timeout=N`, in ms, when the upstream says it. */
  readonly keepAliveTimeoutMs: number | undefined;
  /** Value of Connection when it is more than `keep-alive` or `close`. */
  readonly connection: string;
}

/**
 * RFC 9112: status line and field lines, strictly: CRLF only, no obs-fold, no space before the colon, no
 * control characters. One linear pattern over the whole head (its classes don't overlap).
 */
const headPattern =
  /^HTTP\/1\.([01]) ([1-9]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?((?:\r\n[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*)*)$/;

/** Parses a head without its final empty line. Returns what is wrong as a sentence. */
export function parseHead(text: string, requestMethod: string): ResponseHead | string {
  const match = headPattern.exec(text);
  if (!match) return 'malformed head';
  const lines = match[4]!;
  const headers: string[] = [];
  let contentLength: string | undefined;
  let transferEncoding: string | undefined;
  let connection = '';
  let keepAliveTimeoutMs: number | undefined;

  for (let start = 2; start < lines.length; ) {
    const lineEnd = lines.indexOf('\r\n', start);
    const end = lineEnd < 0 ? lines.length : lineEnd;
    const colon = lines.indexOf(':', start);
    const name = lines.slice(start, colon);
    const value = trimOws(lines, colon + 1, end);
    headers.push(name, value);
    switch (responseHeaderKind(name)) {
      case Kind.contentLength:
        if (contentLength !== undefined && contentLength !== value) return 'two different Content-Length';
        contentLength = value;
        break;
      case Kind.transferEncoding:
        transferEncoding = transferEncoding === undefined ? value : `${transferEncoding}, ${value}`;
        break;
      case Kind.connection:
        connection = connection === '' ? value : `${connection}, ${value}`;
        break;
      case Kind.keepAlive:
        keepAliveTimeoutMs = timeoutOf(value);
        break;
    }
    start = end + 2;
  }

  const status = Number(match[2]);
  const http10 = match[1] === '0';
  const framing = framingOf(status, requestMethod, contentLength, transferEncoding, http10);
  if (framing.wrong !== undefined) return framing.wrong;
  const closes = http10 ? !/\bkeep-alive\b/i.test(connection) : /\bclose\b/i.test(connection);
  return {
    status,
    reason: match[3] ?? '',
    headers,
    framing: framing.kind,
    length: framing.length,
    reusable: !closes && framing.kind !== 'close',
    keepAliveTimeoutMs,
    connection,
  };
}

interface Framing {
  readonly kind: ResponseHead['framing'];
  readonly length: number;
  readonly wrong?: string;
}

const wrong = (sentence: string): Framing => ({ kind: 'none', length: 0, wrong: sentence });

/** RFC 9112, 6.3, without its leniencies: what two readers could take for two lengths is refused. */
function framingOf(
  status: number,
  requestMethod: string,
  contentLength: string | undefined,
  transferEncoding: string | undefined,
  http10: boolean,
): Framing {
  if (contentLength !== undefined && !/^\d{1,15}$/.test(contentLength))
    return wrong('malformed Content-Length');
  if (transferEncoding !== undefined) {
    if (contentLength !== undefined) return wrong('both Transfer-Encoding and Content-Length');
    if (transferEncoding.toLowerCase() !== 'chunked') return wrong('unknown Transfer-Encoding');
    if (http10) return wrong('Transfer-Encoding in HTTP/1.0');
  }
  if (requestMethod === 'HEAD' || status < 200 || status === 204 || status === 304)
    return { kind: 'none', length: 0 };
  if (transferEncoding !== undefined) return { kind: 'chunked', length: 0 };
  if (contentLength !== undefined) return { kind: 'length', length: Number(contentLength) };
  return { kind: 'close', length: 0 };
}

/** Optional white space is space and tab only (RFC 9110, 5.6.3), so `String.trim` would take too much. */
export function trimOws(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isOws(text.charCodeAt(start))) start++;
  while (end > start && isOws(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isOws(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function timeoutOf(value: string): number | undefined {
  const match = /(?:^|[,\s])timeout=(\d{1,6})/i.exec(value);
  return match ? Number(match[1]) * 1000 : undefined;
}
