/**
 * What becomes of a header, by name. The order in which the rules are asked is the order of the
 * functions in `kindRules`; a name is looked up once and remembered.
 */

export const Kind = {
  /** Forwarded as it is. */
  plain: 0,
  /** Meant for this hop only, or something that only we may say. */
  drop: 1,
  host: 2,
  contentLength: 3,
  transferEncoding: 4,
  connection: 5,
  upgrade: 6,
  expect: 7,
  requestId: 8,
  traceparent: 9,
  /** `Ficus-Shadow` on a request: a copy that came back to us. */
  shadowMark: 10,
  keepAlive: 11,
  /** On answers. */
  contentDisposition: 12,
} as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

type KindRule = (lowerName: string) => Kind | undefined;

const named = new Map<string, Kind>([
  ['host', Kind.host],
  ['content-length', Kind.contentLength],
  ['transfer-encoding', Kind.transferEncoding],
  ['connection', Kind.connection],
  ['upgrade', Kind.upgrade],
  ['expect', Kind.expect],
  ['x-request-id', Kind.requestId],
  ['traceparent', Kind.traceparent],
  ['ficus-shadow', Kind.shadowMark],
  ['keep-alive', Kind.keepAlive],
]);

/** RFC 9110, 7.6.1, and the older ones that servers still send. `TE` and `Trailer` go because trailers are dropped. */
const hopByHop = new Set([
  'te',
  'trailer',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'http2-settings',
]);

/** What we say ourselves to upstreams, dashes only; a client's word, in whatever spelling, is not passed on. */
const ours = new Set([
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-server',
  'x-real-ip',
  'x-request-id',
  'traceparent',
]);

/** Some servers read `_` and `.` as `-` in header names, so `X_Forwarded_For` spoofs `X-Forwarded-For`. */
export const foldAliases = (lowerName: string): string => lowerName.replace(/[_.]/g, '-');

const kindRules: readonly KindRule[] = [
  function byName(name) {
    return named.get(name);
  },
  function dropHopByHop(name) {
    return hopByHop.has(name) ? Kind.drop : undefined;
  },
  function dropSpoofed(name) {
    const folded = foldAliases(name);
    const spoofs = ours.has(folded) || folded.startsWith('ficus-') || (folded !== name && isFraming(folded));
    return spoofs ? Kind.drop : undefined;
  },
];

/** `Content_Length` and the like must not reach an upstream that folds names. */
function isFraming(name: string): boolean {
  return name === 'content-length' || name === 'transfer-encoding' || name === 'host';
}

/** Names are few in practice; the bound keeps a flood of invented ones from filling memory. */
const MAX_REMEMBERED = 4096;
const remembered = new Map<string, Kind>();

/** Kind of a request header, by its name as received. */
export function requestHeaderKind(name: string): Kind {
  let kind = remembered.get(name);
  if (kind === undefined) {
    kind = decide(name.toLowerCase());
    if (remembered.size < MAX_REMEMBERED && name.length <= 64) remembered.set(name, kind);
  }
  return kind;
}

function decide(lowerName: string): Kind {
  for (const rule of kindRules) {
    const kind = rule(lowerName);
    if (kind !== undefined) return kind;
  }
  return Kind.plain;
}

const responseNamed = new Map<string, Kind>([
  ['content-length', Kind.contentLength],
  ['transfer-encoding', Kind.transferEncoding],
  ['connection', Kind.connection],
  ['keep-alive', Kind.keepAlive],
  ['upgrade', Kind.upgrade],
  ['content-disposition', Kind.contentDisposition],
  ['trailer', Kind.drop],
  ['te', Kind.drop],
  ['proxy-connection', Kind.drop],
]);

const rememberedResponse = new Map<string, Kind>();

/** Kind of an answer's header. `Ficus-…` belongs to us in this direction too. */
export function responseHeaderKind(name: string): Kind {
  let kind = rememberedResponse.get(name);
  if (kind === undefined) {
    const lowerName = name.toLowerCase();
    kind =
      responseNamed.get(lowerName) ?? (foldAliases(lowerName).startsWith('ficus-') ? Kind.drop : Kind.plain);
    if (rememberedResponse.size < MAX_REMEMBERED && name.length <= 64) rememberedResponse.set(name, kind);
  }
  return kind;
}

/** Tokens of a Connection header that name no header, or name one that nobody may have removed. */
const neverNominated = new Set([
  'close',
  'keep-alive',
  'upgrade',
  'host',
  'content-length',
  'transfer-encoding',
  'authorization',
  'cookie',
  'set-cookie',
  ...ours,
]);

/** Lower-case names that Connection values nominate for removal; undefined when, as nearly always, none. */
export function nominatedBy(connectionValue: string, so: Set<string> | undefined): Set<string> | undefined {
  if (connectionValue === 'keep-alive' || connectionValue === 'close') return so;
  let nominated = so;
  for (const part of connectionValue.split(',')) {
    const token = part.trim().toLowerCase();
    if (token === '' || neverNominated.has(token)) continue;
    nominated ??= new Set();
    nominated.add(token);
  }
  return nominated;
}
