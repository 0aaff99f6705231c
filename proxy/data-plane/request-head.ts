import { isSafeMethod, type Upstream } from '../routing/model.ts';
import { authorityPattern, type ClientIdentity, type Peer } from './client-identity.ts';
import type { FailureCode } from './failures.ts';
import { type HeaderFields, lineEndOf } from './header-fields.ts';
import { isPlainAtSight, Kind, nominatedBy, requestHeaderKind } from './header-kinds.ts';
import { trimOws } from './trim-ows.ts';

/** A client's request as it will be forwarded, but for what depends on the upstream. */
export interface ForwardableRequest {
  readonly method: string;
  /** Path and query in origin form, or `*`. */
  readonly target: string;
  /** Path without query. */
  readonly path: string;
  readonly host: string;
  /** Field lines that pass, ours included, without Host and framing; each ends in CRLF. */
  readonly lines: string;
  readonly framing: 'none' | 'length' | 'chunked';
  /** Content-Length as sent, for framing `length`. */
  readonly contentLength: string;
  readonly expectsContinue: boolean;
  readonly minorVersion: number;
  /** Whether the client's connection may carry another request. */
  readonly persistent: boolean;
  /** Whether the client reads trailers (RFC 9110, 6.5.1). */
  readonly acceptsTrailers: boolean;
  /** What the client asks to upgrade to; empty when it does not. */
  readonly upgrade: string;
  readonly client: ClientIdentity;
  /** Our own UUID; the value of X-Request-Id when the client sent no sane one. */
  readonly id: string;
  /** What is passed on, the client's or one that is made of the id (W3C Trace Context). */
  readonly traceparent: string;
  /** What upstreams see as X-Request-Id: the client's, when it sent a sane one. */
  readonly requestId: string;
  /** Whether it is a shadow copy that came back to us, or follows from one: it is not copied again. */
  readonly isCopy: boolean;
  /** `Ficus-Force` as sent, which whoever believes it must check; empty when there is none, or more than one. */
  readonly force: string;
}

/** What the listener knows of a request before reading its head. */
export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  readonly fields: HeaderFields;
  readonly minorVersion: number;
  readonly peer: Peer;
  readonly id: string;
}

/** Why a request is not forwarded; `detail` is a sentence for the client. */
export interface Refusal {
  readonly refused: FailureCode;
  readonly detail: string;
}

const MAX_HEADERS = 1000;

const sanePattern = /^[A-Za-z0-9._~:@/+=-]{1,128}$/;
const traceparentPattern = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
const trailersPattern = /(?:^|,)[\t ]*trailers[\t ]*(?:$|,)/i;
/** No sign, no leading zero (some read it as octal), no list. */
const contentLengthPattern = /^(?:0|[1-9]\d{0,14})$/;

/**
 * Reads a head once: refuses what is ambiguous, drops what must not pass, adds what we say.
 * Everything else keeps its order, case and bytes (header text is latin1, one character a byte).
 */
export function readRequest(received: ReceivedRequest): ForwardableRequest | Refusal {
  const { method, fields } = received;
  const { text } = fields;
  if (method === 'TRACE' || method === 'CONNECT')
    return { refused: 'method_refused', detail: `${method} is not forwarded.` };
  let host: string | undefined;
  let contentLength: string | undefined;
  let chunked = false;
  let expectsContinue = false;
  let requestId = '';
  let traceparent = '';
  let isMarked = false;
  let isCopy = false;
  let force: string | undefined;
  let upgrade = '';
  let acceptsTrailers = false;
  let persistent = received.minorVersion > 0;
  let lines = '';
  let nominated: Set<string> | undefined;

  let count = 0;
  /** Where the lines begin that have passed as they are and were not taken over yet; -1 when there are none. */
  let passing = -1;
  for (let start = 2; start < text.length; ) {
    if (++count > MAX_HEADERS)
      return { refused: 'headers_too_large', detail: `The request has more than ${MAX_HEADERS} headers.` };
    const colon = text.indexOf(':', start);
    const end = lineEndOf(text, colon);
    const lineStart = start;
    start = end + 2;
    if (isPlainAtSight(text.charCodeAt(lineStart), colon - lineStart) && isNormal(text, colon, end)) {
      if (passing < 0) passing = lineStart;
      continue;
    }
    if (passing >= 0) lines += text.slice(passing, lineStart);
    passing = -1;
    const name = text.slice(lineStart, colon);
    const value = trimOws(text, colon + 1, end);
    switch (requestHeaderKind(name)) {
      case Kind.plain:
        lines += `${name}: ${value}\r\n`;
        break;
      case Kind.host:
        if (host !== undefined) return malformed('more than one Host');
        host = value;
        break;
      case Kind.contentLength:
        if (contentLength !== undefined) return malformed('more than one Content-Length');
        contentLength = value;
        break;
      case Kind.transferEncoding:
        if (chunked) return malformed('more than one Transfer-Encoding');
        if (value.toLowerCase() !== 'chunked') return refusedEncoding(value);
        chunked = true;
        break;
      case Kind.connection:
        nominated = nominatedBy(value, nominated);
        persistent = staysOpen(value, persistent);
        break;
      case Kind.te:
        acceptsTrailers ||= trailersPattern.test(value);
        break;
      case Kind.upgrade:
        upgrade = upgrade === '' ? value : `${upgrade}, ${value}`;
        break;
      case Kind.expect:
        if (value.toLowerCase() !== '100-continue') {
          return { refused: 'expectation_failed', detail: 'The only Expect known is 100-continue.' };
        }
        // RFC 9110, 10.1.1: an HTTP/1.0 client does not understand the answer.
        expectsContinue = received.minorVersion > 0;
        break;
      case Kind.requestId:
        if (requestId === '' && sanePattern.test(value)) requestId = value;
        break;
      case Kind.traceparent:
        if (traceparent === '' && traceparentPattern.test(value)) traceparent = value;
        break;
      case Kind.shadowMark:
        isMarked = true;
        isCopy = true;
        break;
      case Kind.noCopy:
        isCopy = true;
        break;
      case Kind.force:
        force = force === undefined ? value : '';
        break;
      case Kind.drop:
      case Kind.keepAlive:
        break;
    }
  }
  if (passing >= 0) lines += `${text.slice(passing)}\r\n`;

  if (chunked && contentLength !== undefined) return malformed('both Content-Length and Transfer-Encoding');
  if (chunked && received.minorVersion === 0) return malformed('Transfer-Encoding in HTTP/1.0');
  if (contentLength !== undefined && !contentLengthPattern.test(contentLength))
    return malformed('a malformed Content-Length');
  if (host === undefined && received.minorVersion > 0) return malformed('no Host');
  if (host !== undefined && !authorityPattern.test(host)) return malformed('a malformed Host');
  // Passed on without its mark, a dry run would become a real write; passed on with it, anybody could ask for one.
  if (isMarked && !isSafeMethod(received.method))
    return malformed('Ficus-Shadow, which marks a dry run: it ends here');
  const target = originForm(received, host);
  if (target.startsWith('!')) return malformed(target.slice(1));
  const query = target.indexOf('?');
  if (nominated) lines = withoutNominated(fields.flat, nominated);

  const client = received.peer.identify(host ?? '', fields);
  if (traceparent === '') traceparent = traceparentFrom(received.id);
  // The mark ends here, since anybody can set it; that copies of copies would go round in circles is passed on.
  const guard = isCopy ? 'Ficus-No-Copy: 1\r\n' : '';
  const framing = chunked ? 'chunked' : contentLength !== undefined ? 'length' : 'none';
  return {
    method,
    target,
    path: query < 0 ? target : target.slice(0, query),
    host: host ?? '',
    lines: `${lines}${client.lines}X-Request-Id: ${requestId || received.id}\r\ntraceparent: ${traceparent}\r\n${guard}`,
    framing,
    contentLength: contentLength ?? '',
    expectsContinue,
    minorVersion: received.minorVersion,
    persistent,
    upgrade,
    acceptsTrailers,
    client,
    id: received.id,
    traceparent,
    requestId: requestId || received.id,
    isCopy,
    force: force ?? '',
  };
}

/** Codings that others know; without `chunked` at their end the length of a body can't be told (RFC 9112, 6.3). */
const knownCodings = /^(?:(?:gzip|x-gzip|deflate|compress|x-compress)(?:[\t ]*,[\t ]*|$))+(?:chunked)?$/i;

function refusedEncoding(value: string): Refusal {
  if (!knownCodings.test(value)) return malformed('a malformed or unknown Transfer-Encoding');
  return { refused: 'encoding_unknown', detail: 'The only Transfer-Encoding known is chunked.' };
}

/** RFC 9112, 9.3. */
function staysOpen(connectionValue: string, before: boolean): boolean {
  if (connectionValue === 'keep-alive') return true;
  const options = connectionValue.toLowerCase().split(/[\t ]*,[\t ]*/);
  if (options.includes('close')) return false;
  return before || options.includes('keep-alive');
}

function malformed(what: string): Refusal {
  return { refused: 'bad_request', detail: `The request has ${what}.` };
}

/** Origin form of a target (or `*`, RFC 9112, 3.2.4), or `!` and what is wrong with it. */
function originForm({ url, method }: ReceivedRequest, host: string | undefined): string {
  if (url.includes('#')) return '!a fragment in the target';
  if (url.charCodeAt(0) === 0x2f || (url === '*' && method === 'OPTIONS')) return url;
  const absolute = /^https?:\/\/([^/?]+)([/?].*)?$/i.exec(url);
  if (!absolute) return '!a target that is no path';
  if (absolute[1]!.toLowerCase() !== host?.toLowerCase()) return '!a target whose authority is not the Host';
  const rest = absolute[2] ?? (method === 'OPTIONS' ? '*' : '/');
  return rest.startsWith('?') ? `/${rest}` : rest;
}

/** Whether a field line is written as we write them: one space before the value, and none behind it. */
function isNormal(text: string, colon: number, end: number): boolean {
  return (
    end > colon + 2 &&
    text.charCodeAt(colon + 1) === 0x20 &&
    text.charCodeAt(colon + 2) > 0x20 &&
    text.charCodeAt(end - 1) > 0x20
  );
}

/** Slow path: a client nominated headers for removal (RFC 9110, 7.6.1). */
function withoutNominated(flat: readonly string[], nominated: ReadonlySet<string>): string {
  let lines = '';
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i]!;
    if (requestHeaderKind(name) !== Kind.plain || nominated.has(name.toLowerCase())) continue;
    lines += `${name}: ${flat[i + 1]!}\r\n`;
  }
  return lines;
}

/** A new trace whose id is the request's UUID, so that one is found by the other. */
function traceparentFrom(id: string): string {
  const hex = id.slice(0, 8) + id.slice(9, 13) + id.slice(14, 18) + id.slice(19, 23) + id.slice(24);
  return `00-${hex}-${hex.slice(16)}-01`;
}

/** What logs and traces of other processes find the request by. */
export function traceIdOf({ traceparent }: Pick<ForwardableRequest, 'traceparent'>): string {
  return traceparent.slice(3, 35);
}

/** What of a request goes into its head. */
export type HeadParts = Pick<
  ForwardableRequest,
  'method' | 'host' | 'lines' | 'framing' | 'contentLength' | 'expectsContinue' | 'acceptsTrailers'
>;

/** The whole head for one upstream. `target` is in origin form, already rewritten; `last` are further lines. */
export function headFor(request: HeadParts, upstream: Upstream, target: string, last: string): string {
  const path = upstream.basePath === '' || target === '*' ? target : upstream.basePath + target;
  // Only HTTP/1.0 clients may come without a Host; the upstream needs one all the same.
  const host = upstream.host ?? (request.host || authorityOf(upstream));
  let head = `${request.method} ${path} HTTP/1.1\r\nHost: ${host}\r\n${request.lines}`;
  if (request.framing === 'length') head += `Content-Length: ${request.contentLength}\r\n`;
  else if (request.framing === 'chunked') head += 'Transfer-Encoding: chunked\r\n';
  if (request.expectsContinue) head += 'Expect: 100-continue\r\n';
  // RFC 9110, 10.1.4: TE is for one hop, and says so.
  if (request.acceptsTrailers) head += 'TE: trailers\r\nConnection: TE\r\n';
  return `${head}${last}\r\n`;
}

function authorityOf(upstream: Upstream): string {
  if (upstream.protocol === 'unix:') return 'localhost';
  return upstream.hostname.includes(':')
    ? `[${upstream.hostname}]:${upstream.port}`
    : `${upstream.hostname}:${upstream.port}`;
}
