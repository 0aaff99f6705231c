import { HeaderFields } from './header-fields.ts';
import {
  fieldNamePattern,
  fieldValuePattern,
  type MalformedHead,
  methodPattern,
  type RawHead,
  targetPattern,
} from './request-line.ts';

/** RFC 9113, 8.2.2: what says something about a connection has no place in HTTP/2. */
const connectionSpecific: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

/** RFC 9113, 6.5.2: what a field counts for beyond its name and value. */
const FIELD_OVERHEAD = 32;

type PseudoHeader = ':method' | ':scheme' | ':authority' | ':path';
type PseudoHeaders = Partial<Record<PseudoHeader, string>>;
const pseudoHeaders: ReadonlySet<string> = new Set([':method', ':scheme', ':authority', ':path']);

/**
 * Turns a request's header list (flat, latin1) into the head that an HTTP/1 client would have sent, by the
 * rules for that head: whatever could end a line or a word there is refused here (RFC 9113, 10.3). The
 * protocol library has its own opinion of all this; nothing below relies on it.
 */
export function readHttp2Head(
  list: readonly string[],
  hasBody: boolean,
  maxBytes: number,
): RawHead | MalformedHead {
  const pseudo: PseudoHeaders = {};
  const fields: string[] = [];
  let host: string | undefined;
  let cookieAt = -1;
  let hasLength = false;
  let bytes = 0;
  for (let i = 0; i < list.length; i += 2) {
    const name = list[i]!;
    const value = list[i + 1]!;
    bytes += name.length + value.length + FIELD_OVERHEAD;
    if (bytes > maxBytes)
      return { code: 'headers_too_large', detail: `The request head is over ${maxBytes} bytes.` };
    if (pseudoHeaders.has(name)) {
      if (pseudo[name as PseudoHeader] !== undefined) return malformed(`more than one ${name}`);
      pseudo[name as PseudoHeader] = value;
      continue;
    }
    const wrong = whatIsWrong(name, value);
    if (wrong !== undefined) return malformed(wrong);
    hasLength ||= name === 'content-length';
    if (name === 'host') {
      if (host !== undefined) return malformed('more than one Host');
      host = value;
    } else if (name === 'cookie' && cookieAt >= 0) {
      // RFC 9113, 8.2.3: crumbs are one header for whoever does not speak HTTP/2.
      fields[cookieAt] += `; ${value}`;
    } else {
      fields.push(name, value);
      if (name === 'cookie') cookieAt = fields.length - 1;
    }
  }
  const start = readPseudoHeaders(pseudo, host);
  if ('code' in start) return start;
  const headers = ['Host', start.authority, ...fields];
  if (hasBody && !hasLength) headers.push('Transfer-Encoding', 'chunked');
  return { method: start.method, target: start.target, minorVersion: 1, fields: HeaderFields.of(headers) };
}

function whatIsWrong(name: string, value: string): string | undefined {
  if (!fieldNamePattern.test(name) || name !== name.toLowerCase()) return 'a malformed header name';
  if (!fieldValuePattern.test(value) || /^[\t ]|[\t ]$/.test(value)) return `a malformed value of ${name}`;
  if (connectionSpecific.has(name)) return `${name}, which HTTP/2 does not have`;
  if (name === 'te' && value.toLowerCase() !== 'trailers') return 'a TE other than trailers';
  return undefined;
}

interface Start {
  readonly method: string;
  readonly target: string;
  readonly authority: string;
}

/** RFC 9113, 8.3.1. */
function readPseudoHeaders(pseudo: PseudoHeaders, host: string | undefined): Start | MalformedHead {
  const method = pseudo[':method'] ?? '';
  const target = pseudo[':path'] ?? '';
  const authority = pseudo[':authority'] ?? host;
  if (method === 'CONNECT') return { code: 'method_refused', detail: 'CONNECT is not forwarded.' };
  if (!methodPattern.test(method)) return malformed('a malformed :method');
  if (pseudo[':scheme'] !== 'https') return malformed('a :scheme that is not https');
  if (!targetPattern.test(target) || !(target.startsWith('/') || target === '*'))
    return malformed('a malformed :path');
  if (authority === undefined) return malformed('no :authority');
  if (host !== undefined && host.toLowerCase() !== authority.toLowerCase())
    return malformed('a Host that is not its :authority');
  return { method, target, authority };
}

function malformed(what: string): MalformedHead {
  return { code: 'bad_request', detail: `The request has ${what}.` };
}
