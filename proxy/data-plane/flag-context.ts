import type { FlagContext } from '../flags/evaluate.ts';
import type { ContextSource, JwtRules, PublicJwk } from '../routing/identity.ts';
import type { Migration, RoutingModel } from '../routing/model.ts';
import { cookieValue } from '../routing/sticky-value.ts';
import type { HeaderFields } from './header-fields.ts';
import { type Claims, noClaims, VerifiedClaims } from './verified-claims.ts';

/** Whether anything of a migration is decided by claims; else no token is looked at. */
export function readsClaims({ stickBy, flagContext }: Migration): boolean {
  return (
    stickBy.some(({ from }) => from === 'claim') ||
    flagContext?.sessionId?.from === 'claim' ||
    (flagContext?.properties.some(({ source }) => source.from === 'claim') ?? false)
  );
}

/** What flags are told of one request. `sticky` is undefined where nothing recognises the user. */
export function flagContextOf(
  { flagContext }: Migration,
  fields: HeaderFields,
  claims: Claims,
  sticky: string | undefined,
  remoteAddress: string,
): FlagContext & { properties: Record<string, string> } {
  // The case of nearly every request, at the least cost.
  if (!flagContext && sticky !== undefined)
    return { userId: sticky, sessionId: sticky, remoteAddress, properties: {} };
  const sessionId = flagContext?.sessionId ? textAt(flagContext.sessionId, fields, claims) : sticky;
  // No prototype: names come from routes.yaml, and constraints may ask for any.
  const properties: Record<string, string> = Object.create(null);
  for (const { name, source } of flagContext?.properties ?? []) {
    const value = textAt(source, fields, claims);
    if (value !== undefined) properties[name] = value;
  }
  return {
    ...(sticky === undefined ? {} : { userId: sticky }),
    ...(sessionId === undefined ? {} : { sessionId }),
    remoteAddress,
    properties,
  };
}

/** What constraints compare with is short. */
const maxValueLength = 256;

function textAt({ from, name }: ContextSource, fields: HeaderFields, claims: Claims): string | undefined {
  const value = readValue(from, name, fields, claims);
  return value === undefined || value === '' || value.length > maxValueLength ? undefined : value;
}

function readValue(
  from: ContextSource['from'],
  name: string,
  fields: HeaderFields,
  claims: Claims,
): string | undefined {
  switch (from) {
    case 'header':
      return fields.value(name);
    case 'cookie':
      return cookieValue(fields.value('cookie'), name);
    case 'claim':
      return claims.get(name)?.join(',');
  }
}

/** Reads the claims that this routing asks for; `key` tells whether another one would read the same. */
export interface ClaimReader {
  readonly key: string;
  of(fields: HeaderFields): Claims;
}

const readsNothing: ClaimReader = { key: '', of: () => noClaims };

/** `previous` goes on, with what it knows of tokens, where nothing has changed for it. */
export function claimReader(
  { jwt, force, migrations }: RoutingModel,
  fetched: readonly PublicJwk[],
  previous: ClaimReader | undefined,
): ClaimReader {
  if (!jwt) return readsNothing;
  const names = new Set(force ? [force.claim] : []);
  for (const { stickBy, flagContext } of migrations) {
    for (const source of stickBy) if (source.from === 'claim') names.add(source.name);
    const sources = flagContext?.properties.map(({ source }) => source) ?? [];
    for (const source of [...sources, flagContext?.sessionId]) {
      if (source?.from === 'claim') names.add(source.name);
    }
  }
  const keys = keysOf(jwt, fetched);
  const key = JSON.stringify([jwt, keys, [...names].sort()]);
  if (previous?.key === key) return previous;
  const claims = new VerifiedClaims(jwt, keys, [...names]);
  return { key, of: (fields) => claims.of(fields) };
}

function keysOf({ keys }: JwtRules, fetched: readonly PublicJwk[]): readonly PublicJwk[] {
  return 'url' in keys ? fetched : keys;
}
