import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { JwtAlgorithm, JwtRules, PublicJwk } from '../routing/identity.ts';

/** What a token says of its bearer once it is verified. */
export interface VerifiedToken {
  readonly payload: Readonly<Record<string, unknown>>;
  /** Ms since 1970 from which on it counts no more. */
  readonly endsAtMs: number;
}

export interface VerifyingKey {
  readonly jwk: PublicJwk;
  readonly key: KeyObject;
}

/** Bad keys are left out: they were checked where they came from. */
export function importKeys(jwks: readonly PublicJwk[]): VerifyingKey[] {
  return jwks.flatMap((jwk) => {
    try {
      return [{ jwk, key: createPublicKey({ key: { ...jwk }, format: 'jwk' }) }];
    } catch {
      return [];
    }
  });
}

/** What node:crypto needs to know of an algorithm (RFC 7518, 3.1; RFC 8037), and which keys it takes. */
interface Scheme {
  readonly hash: string | null;
  readonly takes: (jwk: PublicJwk) => boolean;
  readonly options: {
    readonly padding?: number;
    readonly saltLength?: number;
    readonly dsaEncoding?: 'ieee-p1363';
  };
}

const isRsa = ({ kty }: PublicJwk): boolean => kty === 'RSA';
const rsa = (hash: string): Scheme => ({
  hash,
  takes: isRsa,
  options: { padding: constants.RSA_PKCS1_PADDING },
});
const pss = (hash: string): Scheme => ({
  hash,
  takes: isRsa,
  options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
});
const ecdsa = (hash: string, curve: string): Scheme => ({
  hash,
  takes: ({ kty, crv }) => kty === 'EC' && crv === curve,
  options: { dsaEncoding: 'ieee-p1363' },
});

const schemes: Readonly<Record<JwtAlgorithm, Scheme>> = {
  RS256: rsa('sha256'),
  RS384: rsa('sha384'),
  RS512: rsa('sha512'),
  PS256: pss('sha256'),
  PS384: pss('sha384'),
  PS512: pss('sha512'),
  ES256: ecdsa('sha256', 'P-256'),
  ES384: ecdsa('sha384', 'P-384'),
  ES512: ecdsa('sha512', 'P-521'),
  EdDSA: { hash: null, takes: ({ kty, crv }) => kty === 'OKP' && crv === 'Ed25519', options: {} },
};

const compact = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/;
/** Keys that are tried for a token that names none. */
const maxTried = 4;

/** A token that may be one of ours: what is left to do is dear. */
export interface SignedToken {
  readonly signed: string;
  readonly payload64: string;
  readonly signature64: string;
  readonly scheme: Scheme;
  readonly keys: readonly VerifyingKey[];
}

/**
 * The parts of a signed JWT in compact form (RFC 7515, 7.1), if its algorithm is one that the rules name and some key
 * fits; cheap beside verifying it. Throws for nothing that a token may hold.
 */
export function readToken(
  token: string,
  { algorithms }: JwtRules,
  keys: readonly VerifyingKey[],
): SignedToken | undefined {
  const [, header64, payload64, signature64] = compact.exec(token) ?? [];
  if (header64 === undefined || payload64 === undefined || signature64 === undefined) return undefined;
  const header = parseObject(header64);
  // RFC 7515, 4.1.11: what must be understood is not.
  if (!header || 'crit' in header) return undefined;
  const algorithm = algorithms.find((one) => one === header['alg']);
  if (algorithm === undefined) return undefined;
  const scheme = schemes[algorithm];
  const kid = header['kid'];
  const fitting = keys.filter(
    ({ jwk }) =>
      scheme.takes(jwk) &&
      (jwk.alg ?? algorithm) === algorithm &&
      (kid === undefined || jwk.kid === undefined || jwk.kid === kid),
  );
  if (fitting.length === 0) return undefined;
  const signed = `${header64}.${payload64}`;
  return { signed, payload64, signature64, scheme, keys: fitting.slice(0, maxTried) };
}

/**
 * Verifies a token (RFC 7519, 7.2): its signature is right, iss and aud are ours, exp is there and to come, nbf is
 * past. Synchronous, because it stands on the request path; undefined for whatever is not so. Throws for nothing that a
 * token may hold.
 */
export function verifyToken(
  { signed, payload64, signature64, scheme, keys }: SignedToken,
  rules: JwtRules,
  nowMs: number,
): VerifiedToken | undefined {
  const data = Buffer.from(signed, 'latin1');
  const signature = Buffer.from(signature64, 'base64url');
  const isSignedBy = ({ key }: VerifyingKey): boolean => {
    try {
      return verify(scheme.hash, data, { key, ...scheme.options }, signature);
    } catch {
      // A signature of a length that its curve does not have.
      return false;
    }
  };
  if (!keys.some(isSignedBy)) return undefined;
  const payload = parseObject(payload64);
  return payload && holdsNow(payload, rules, nowMs);
}

function holdsNow(
  payload: Record<string, unknown>,
  { issuer, audience, clockToleranceSeconds }: JwtRules,
  nowMs: number,
): VerifiedToken | undefined {
  const { iss, aud, exp, nbf } = payload;
  const audiences = Array.isArray(aud) ? aud : [aud];
  if (iss !== issuer || !audience.some((one) => audiences.includes(one))) return undefined;
  if (typeof exp !== 'number' || (nbf !== undefined && typeof nbf !== 'number')) return undefined;
  const toleranceMs = clockToleranceSeconds * 1000;
  const endsAtMs = exp * 1000 + toleranceMs;
  if (nowMs >= endsAtMs || (nbf ?? 0) * 1000 - toleranceMs > nowMs) return undefined;
  return { payload, endsAtMs };
}

function parseObject(base64url: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(base64url, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
