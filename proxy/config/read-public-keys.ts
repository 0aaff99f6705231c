import { createPublicKey } from 'node:crypto';
import type { PublicJwk } from '../routing/identity.ts';
import { quote, type Reading } from './problem.ts';

const maxKeys = 100;
const minRsaBits = 2048;

/** Keys from a JWKS, a single JWK, or a PEM public key or certificate. Problems never quote what is in the file. */
export function readPublicKeys(text: string): Reading<readonly PublicJwk[]> {
  if (text.includes('-----BEGIN ')) return readPem(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: 'is neither JSON nor PEM' };
  }
  return readJwks(value);
}

/**
 * Of a set, keys for something else than signatures are left out, and those that can't be used here (RFC 7517, 5): who
 * publishes it may add a new kind for others. What must not be in it at all is refused.
 */
export function readJwks(value: unknown): Reading<readonly PublicJwk[]> {
  const listed = typeof value === 'object' && value !== null && 'keys' in value ? value.keys : [value];
  if (!Array.isArray(listed) || listed.length > maxKeys) return { problem: 'is no JSON Web Key Set' };
  const keys: PublicJwk[] = [];
  let unused: string | undefined;
  for (const [index, one] of listed.entries()) {
    if (typeof one !== 'object' || one === null) return { problem: `has no key at keys[${index}]` };
    const jwk = publicPart(one as Record<string, unknown>);
    if ((jwk.use ?? 'sig') !== 'sig') continue;
    const secret = secretProblem(one as Record<string, unknown>);
    if (secret !== undefined) return { problem: `${secret} (keys[${index}])` };
    const problem = keyProblem(jwk);
    if (problem === undefined) keys.push(jwk);
    else unused ??= `${problem} (keys[${index}])`;
  }
  return keys.length === 0 ? { problem: unused ?? 'has no key for signatures' } : { value: keys };
}

function readPem(text: string): Reading<readonly PublicJwk[]> {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) {
    return { problem: 'holds a private key; only the public one belongs here' };
  }
  try {
    const jwk = createPublicKey(text).export({ format: 'jwk' }) as unknown as PublicJwk;
    const problem = keyProblem(jwk);
    return problem === undefined ? { value: [jwk] } : { problem };
  } catch {
    return { problem: 'holds no public key that can be read' };
  }
}

function secretProblem(written: Record<string, unknown>): string | undefined {
  if (written['kty'] === 'oct') return 'has a shared secret; only public keys are possible';
  if ('d' in written) return 'has a private key; only public ones belong here';
  return undefined;
}

function keyProblem(jwk: PublicJwk): string | undefined {
  try {
    const key = createPublicKey({ key: { ...jwk }, format: 'jwk' });
    const bits = key.asymmetricKeyDetails?.modulusLength;
    if (bits !== undefined && bits < minRsaBits)
      return `has an RSA key of ${bits} bits; ${minRsaBits} are needed`;
    return undefined;
  } catch {
    return `has a key of kind ${quote(jwk.kty)} that can't be read`;
  }
}

const parts = ['kty', 'kid', 'alg', 'use', 'crv', 'n', 'e', 'x', 'y'] as const;

function publicPart(written: Record<string, unknown>): PublicJwk {
  const found = parts.filter((part) => typeof written[part] === 'string');
  return Object.fromEntries(found.map((part) => [part, written[part]])) as unknown as PublicJwk;
}
