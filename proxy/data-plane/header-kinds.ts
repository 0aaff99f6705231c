/**
 * What becomes of a header, by its name: the first rule of the direction's list that knows the name says it.
 * The order of `requestHeaderRules` and `answerHeaderRules` is the whole of the policy:
 *
 * 1. what Connection nominates goes, but for names that nobody may have removed;
 * 2. what is meant for one hop goes, or is read here;
 * 3. what passes itself off, by `_` or `.`, as a name that we set or read goes;
 * 4. what is ours to say goes, or is read before we say it;
 * 5. what we read, or write anew, is told apart from what merely passes.
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
  /** `Ficus-No-Copy` on a request: what follows from a copy that came back to us, at another hop. */
  noCopy: 16,
  /** `Ficus-Force` on a request: which side somebody who may ask for it wants. */
  force: 17,
  keepAlive: 11,
  /** `TE` on a request: whether its client reads trailers. */
  te: 12,
  /** On answers: a URL of the upstream's, as its client sees it. */
  location: 13,
  refresh: 14,
  setCookie: 15,
} as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

/** Lower-case names that a message's Connection nominates for removal; undefined when, as nearly always, none. */
export type Nominated = ReadonlySet<string> | undefined;

/** `undefined` leaves the name to the next rule. */
export type HeaderRule = (lowerName: string, nominated: Nominated) => Kind | undefined;

/** RFC 9110, 7.6.1, and the older ones that servers still send; those of `proxy-` speak to us, or to nobody. */
const hopByHop = new Map<string, Kind>([
  ['connection', Kind.connection],
  ['keep-alive', Kind.keepAlive],
  ['transfer-encoding', Kind.transferEncoding],
  ['upgrade', Kind.upgrade],
  ['te', Kind.te],
  // Which trailers pass is decided when they come.
  ['trailer', Kind.drop],
  ['http2-settings', Kind.drop],
  ['proxy-connection', Kind.drop],
  ['proxy-authenticate', Kind.drop],
  ['proxy-authentication-info', Kind.drop],
  ['proxy-authorization', Kind.drop],
]);

/** What we tell upstreams, by the name that a client's own word for it would have. */
const saidToUpstreams = new Map<string, Kind>([
  ['forwarded', Kind.drop],
  ['x-forwarded-for', Kind.drop],
  ['x-forwarded-proto', Kind.drop],
  ['x-forwarded-host', Kind.drop],
  ['x-forwarded-port', Kind.drop],
  ['x-forwarded-server', Kind.drop],
  ['x-real-ip', Kind.drop],
  ['x-request-id', Kind.requestId],
  ['traceparent', Kind.traceparent],
  ['ficus-shadow', Kind.shadowMark],
  ['ficus-no-copy', Kind.noCopy],
  ['ficus-force', Kind.force],
]);

/** Names by which messages are told apart from each other; their aliases must reach nobody who folds names. */
const framing: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'host']);

/** Some servers read `_` and `.` as `-` in header names, so `X_Forwarded_For` spoofs `X-Forwarded-For`. */
export const foldAliases = (lowerName: string): string => lowerName.replace(/[_.]/g, '-');

const isOurs = (lowerName: string): boolean => lowerName.startsWith('ficus-');

function dropNominated(name: string, nominated: Nominated): Kind | undefined {
  return nominated?.has(name) ? Kind.drop : undefined;
}

function takeHopByHop(name: string): Kind | undefined {
  return hopByHop.get(name);
}

function dropSpoofedRequest(name: string): Kind | undefined {
  const folded = foldAliases(name);
  if (folded === name) return undefined;
  return saidToUpstreams.has(folded) || isOurs(folded) || framing.has(folded) ? Kind.drop : undefined;
}

function takeSaidToUpstreams(name: string): Kind | undefined {
  return saidToUpstreams.get(name) ?? (isOurs(name) ? Kind.drop : undefined);
}

function readRequestFields(name: string): Kind | undefined {
  if (name === 'host') return Kind.host;
  if (name === 'content-length') return Kind.contentLength;
  if (name === 'expect') return Kind.expect;
  return undefined;
}

function dropSpoofedAnswer(name: string): Kind | undefined {
  const folded = foldAliases(name);
  return folded !== name && (isOurs(folded) || framing.has(folded)) ? Kind.drop : undefined;
}

function dropSaidToClients(name: string): Kind | undefined {
  return isOurs(name) ? Kind.drop : undefined;
}

const answerFields = new Map<string, Kind>([
  ['content-length', Kind.contentLength],
  ['location', Kind.location],
  ['content-location', Kind.location],
  ['refresh', Kind.refresh],
  ['set-cookie', Kind.setCookie],
]);

function readAnswerFields(name: string): Kind | undefined {
  return answerFields.get(name);
}

function pass(): Kind {
  return Kind.plain;
}

/** From clients to upstreams. */
export const requestHeaderRules: readonly HeaderRule[] = [
  dropNominated,
  takeHopByHop,
  dropSpoofedRequest,
  takeSaidToUpstreams,
  readRequestFields,
  pass,
];

/** From upstreams to clients. */
export const answerHeaderRules: readonly HeaderRule[] = [
  dropNominated,
  takeHopByHop,
  dropSpoofedAnswer,
  dropSaidToClients,
  readAnswerFields,
  pass,
];

/** What the rules say of a lower-case name. */
export function applyRules(rules: readonly HeaderRule[], lowerName: string, nominated: Nominated): Kind {
  for (const rule of rules) {
    const kind = rule(lowerName, nominated);
    if (kind !== undefined) return kind;
  }
  return Kind.plain;
}

/** Names are few in practice; the bound keeps a flood of invented ones from filling memory. */
const MAX_REMEMBERED = 4096;
const MAX_REMEMBERED_LENGTH = 64;

/** What the rules say of names as received when nothing is nominated, each asked once and remembered. */
function rememberKinds(rules: readonly HeaderRule[]): (name: string) => Kind {
  const remembered = new Map<string, Kind>();
  return (name) => {
    let kind = remembered.get(name);
    if (kind === undefined) {
      kind = applyRules(rules, name.toLowerCase(), undefined);
      if (remembered.size < MAX_REMEMBERED && name.length <= MAX_REMEMBERED_LENGTH)
        remembered.set(name, kind);
    }
    return kind;
  };
}

/** Lengths that are looked up; no name that a rule knows is longer, but for ours. */
const MAX_KNOWN_LENGTH = 64;
/** 1 where a name that a rule knows has this length and begins with this letter; an alias has both in common with it. */
const knownAtSight = new Uint8Array((MAX_KNOWN_LENGTH + 1) * 32);
for (const name of ['host', 'content-length', 'expect', ...hopByHop.keys(), ...saidToUpstreams.keys()])
  knownAtSight[name.length * 32 + (name.charCodeAt(0) & 31)] = 1;

/** Whether a request's header can't be anything but plain, by the first character and the length of its name. */
export function isPlainAtSight(firstCode: number, length: number): boolean {
  const letter = firstCode & 31;
  // `ficus-` may be followed by anything.
  if (letter === ('f'.charCodeAt(0) & 31)) return false;
  return length > MAX_KNOWN_LENGTH || knownAtSight[length * 32 + letter] === 0;
}

/** Kind of a request's header, by its name as received; nominated ones are the caller's to drop first. */
export const requestHeaderKind = rememberKinds(requestHeaderRules);

/** Kind of an answer's header, likewise. */
export const responseHeaderKind = rememberKinds(answerHeaderRules);

/** Tokens of a Connection header that name no header, or name one that nobody may have removed. */
const neverNominated: ReadonlySet<string> = new Set([
  'close',
  'keep-alive',
  'upgrade',
  'connection',
  'authorization',
  'cookie',
  'set-cookie',
  'expect',
  ...framing,
  ...saidToUpstreams.keys(),
]);

/** Lower-case names that Connection values nominate for removal; undefined when, as nearly always, none. */
export function nominatedBy(connectionValue: string, so: Set<string> | undefined): Set<string> | undefined {
  if (connectionValue === 'keep-alive' || connectionValue === 'close') return so;
  let nominated = so;
  for (const part of connectionValue.split(',')) {
    const token = part.trim().toLowerCase();
    if (token === '' || neverNominated.has(token) || isOurs(foldAliases(token))) continue;
    nominated ??= new Set();
    nominated.add(token);
  }
  return nominated;
}
