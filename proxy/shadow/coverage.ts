import type { RoleSource } from '../routing/model.ts';
import type { Answer, CapturedRequest, PairCoverage } from './pair.ts';

/** What of a pair is looked at. */
interface Covered {
  readonly request: Omit<CapturedRequest, 'body'>;
  readonly monolith: Answer | { readonly status: number; readonly headers: readonly string[] };
}

/** Names of parameters kept of one query; clients choose them, so that their number means nothing. */
const maxParameters = 12;
/** Bytes of a token's payload that are looked into. */
const maxClaimsLength = 8_192;

/** In place of what is no plain name: it might be a secret, and each would be counted apart. */
const odd = 'odd';
const none = 'none';

/** The cells of coverage that a pair falls into. Never throws, whatever the client sent. */
export function coverageOf({ request, monolith }: Covered, role: RoleSource | undefined): PairCoverage {
  const [method, type, query] = [plainName(request.method), mediaType(monolith), queryShape(request.target)];
  const status = 'status' in monolith ? String(monolith.status) : none;
  return {
    method,
    status: statusClass(monolith),
    type,
    query,
    use: [method, status, type, query, mediaTypeOf(request.headers)].join(' '),
    ...(role && { role: roleOf(request.headers, role) }),
  };
}

function statusClass(answer: Covered['monolith']): string {
  return 'status' in answer ? `${Math.floor(answer.status / 100)}xx` : none;
}

function mediaType(answer: Covered['monolith']): string {
  return 'headers' in answer ? mediaTypeOf(answer.headers) : none;
}

function mediaTypeOf(headers: readonly string[]): string {
  const type = headerOf(headers, 'content-type')?.split(';')[0]?.trim().toLowerCase();
  if (!type) return none;
  return /^[a-z0-9.+-]{1,40}\/[a-z0-9.+-]{1,60}$/.test(type) ? type : odd;
}

function queryShape(target: string): string {
  const query = target.split('#')[0]!.split('?').slice(1).join('?');
  if (query === '') return none;
  const names = new Set<string>();
  for (const part of query.split('&')) {
    const name = part.split('=', 1)[0]!;
    if (name !== '') names.add(plainName(decoded(name)));
    if (names.size === maxParameters) break;
  }
  return names.size === 0 ? none : [...names].sort().join(',');
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name.replaceAll('+', ' '));
  } catch {
    return odd;
  }
}

function roleOf(headers: readonly string[], role: RoleSource): string {
  const value =
    role.from === 'header'
      ? headerOf(headers, role.name)
      : claimOf(headerOf(headers, 'authorization') ?? '', role.name);
  return value === undefined || value === '' ? none : plainName(value);
}

/** A claim of a bearer JWT's payload, unverified. Of a list the first entry that is a text. */
function claimOf(authorization: string, name: string): string | undefined {
  const payload = /^bearer\s+[\w-]+\.([\w-]+)\.[\w-]*$/i.exec(authorization)?.[1];
  if (payload === undefined || payload.length > maxClaimsLength) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    if (typeof claims !== 'object' || claims === null || !Object.hasOwn(claims, name)) return undefined;
    const claim: unknown = Reflect.get(claims, name);
    const value = Array.isArray(claim) ? claim.find((one) => typeof one === 'string') : claim;
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Names as programs have them; what is long, odd or full of digits may be a token, a card number, an address. */
function plainName(text: string): string {
  if (!/^[a-z_][\w.:[\]-]{0,39}$/i.test(text) || /\d(?:\D?\d){4}/.test(text)) return odd;
  return text;
}

function headerOf(headers: readonly string[], name: string): string | undefined {
  for (let i = 0; i + 1 < headers.length; i += 2) {
    if (headers[i]!.toLowerCase() === name) return headers[i + 1]!.trim();
  }
  return undefined;
}
