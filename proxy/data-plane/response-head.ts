import { Kind, responseHeaderKind } from './header-kinds.ts';
import { trimOws } from './trim-ows.ts';

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

/** RFC 9112, 4: the status line. What may stand in its reason is checked like a value. */
const STATUS_LINE = 'HTTP/1.x 200'.length;

/** RFC 9110, 5.6.2: which codes may stand in a field name. */
const isTokenCode = new Uint8Array(256);
for (const char of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
  isTokenCode[char.charCodeAt(0)] = 1;

const noNames: readonly string[] = [];

/**
 * Parses a head without its final empty line, strictly: CRLF only, no obs-fold, no space before the colon,
 * no control characters. Returns what is wrong as a sentence. `likely` is the head before this one on the
 * same connection, as a flat name, value list: an upstream sends the same names in the same order nearly
 * always, and a name that is there already need not be checked, copied and hashed again.
 */
export function parseHead(
  text: string,
  requestMethod: string,
  likely: readonly string[] = noNames,
): ResponseHead | string {
  const status = statusOf(text);
  if (status < 0) return 'malformed head';
  let lineEnd = endOfValue(text, STATUS_LINE);
  if (lineEnd < 0 || (lineEnd > STATUS_LINE && text.charCodeAt(STATUS_LINE) !== 0x20))
    return 'malformed head';
  const reason = text.slice(STATUS_LINE + 1, lineEnd);
  const headers: string[] = [];
  let contentLength: string | undefined;
  let transferEncoding: string | undefined;
  let connection = '';
  let keepAliveTimeoutMs: number | undefined;

  while (lineEnd < text.length) {
    const start = lineEnd + 2;
    const name = nameAt(text, start, likely[headers.length]);
    if (name === undefined) return 'malformed head';
    const colon = start + name.length;
    lineEnd = endOfValue(text, colon + 1);
    if (lineEnd < 0) return 'malformed head';
    const value = trimOws(text, colon + 1, lineEnd);
    headers.push(name, value);
    switch (mayFrame(name) ? responseHeaderKind(name) : Kind.plain) {
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
  }

  const http10 = text.charCodeAt('HTTP/1.'.length) === 0x30;
  const framing = framingOf(status, requestMethod, contentLength, transferEncoding, http10);
  if (framing.wrong !== undefined) return framing.wrong;
  return {
    status,
    reason,
    headers,
    framing: framing.kind,
    length: framing.length,
    reusable: framing.kind !== 'close' && keepsConnection(connection, http10),
    keepAliveTimeoutMs,
    connection,
  };
}

/** Of `HTTP/1.0 NNN` and `HTTP/1.1 NNN`; -1 for anything else. */
function statusOf(text: string): number {
  if (!text.startsWith('HTTP/1.1 ') && !text.startsWith('HTTP/1.0 ')) return -1;
  const hundreds = text.charCodeAt(9) - 0x30;
  const tens = text.charCodeAt(10) - 0x30;
  const ones = text.charCodeAt(11) - 0x30;
  // Negated, so that NaN behind the end of the text is no digit either.
  if (!(hundreds >= 1 && hundreds <= 9 && tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9)) return -1;
  return hundreds * 100 + tens * 10 + ones;
}

/** The field name before a colon; undefined when there is none. */
function nameAt(text: string, start: number, likely: string | undefined): string | undefined {
  if (
    likely !== undefined &&
    text.charCodeAt(start + likely.length) === 0x3a &&
    text.startsWith(likely, start)
  )
    return likely;
  let end = start;
  while (isTokenCode[text.charCodeAt(end)] === 1) end++;
  return end > start && text.charCodeAt(end) === 0x3a ? text.slice(start, end) : undefined;
}

/** Where the CRLF is that ends a value, or the text; -1 when a control character comes before. */
function endOfValue(text: string, start: number): number {
  const { length } = text;
  for (let at = start; at < length; at++) {
    const code = text.charCodeAt(at);
    if ((code >= 0x20 && code !== 0x7f) || code === 0x09) continue;
    return code === 0x0d && text.charCodeAt(at + 1) === 0x0a ? at : -1;
  }
  return length;
}

/** Only names this long say anything about framing: the others need no look-up. */
function mayFrame({ length }: string): boolean {
  return length === 10 || length === 14 || length === 17;
}

function keepsConnection(connection: string, http10: boolean): boolean {
  if (connection === '') return !http10;
  return http10 ? /\bkeep-alive\b/i.test(connection) : !/\bclose\b/i.test(connection);
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

function timeoutOf(value: string): number | undefined {
  const match = /(?:^|[,\s])timeout=(\d{1,6})/i.exec(value);
  return match ? Number(match[1]) * 1000 : undefined;
}
