import type { RoleSource } from '../routing/model.ts';
import { headerOf } from '../routing/raw-headers.ts';
import type { Answer, CapturedRequest, PairCoverage } from './pair.ts';
import { none, plainMediaType, plainName, queryNames } from './use-names.ts';

/** What of a pair is looked at. */
interface Covered {
  readonly request: Omit<CapturedRequest, 'body'>;
  readonly monolith: Answer | { readonly status: number; readonly headers: readonly string[] };
}

/** Bytes of a token's payload that are looked into. */
const maxClaimsLength = 8_192;

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

const mediaTypeOf = (headers: readonly string[]): string => plainMediaType(headerOf(headers, 'content-type'));

function queryShape(target: string): string {
  return queryNames(target.split('#')[0]!.split('?').slice(1).join('?'));
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
