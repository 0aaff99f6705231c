/** Who a client is, as far as routes.yaml says how that is known: plain data, as all of the routing model. */

export const jwtAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;
export type JwtAlgorithm = (typeof jwtAlgorithms)[number];

/** A public key as RFC 7517 writes it. */
export interface PublicJwk {
  readonly kty: string;
  readonly kid?: string;
  readonly alg?: string;
  readonly use?: string;
  readonly crv?: string;
  readonly n?: string;
  readonly e?: string;
  readonly x?: string;
  readonly y?: string;
}

export interface TokenSource {
  readonly from: 'header' | 'cookie';
  /** Lower-case for headers. */
  readonly name: string;
}

/** Which tokens are believed. */
export interface JwtRules {
  /** Those of a file; or the URL that has them, and how often it is asked again. */
  readonly keys: readonly PublicJwk[] | { readonly url: string; readonly refreshSeconds: number };
  readonly issuer: string;
  /** One of them must be in the token. */
  readonly audience: readonly string[];
  readonly algorithms: readonly JwtAlgorithm[];
  readonly from: TokenSource;
  readonly clockToleranceSeconds: number;
}

/** Whose plain `Ficus-Force` counts: a verified token with one of the values in the claim. */
export interface ForceRules {
  readonly claim: string;
  readonly values: readonly string[];
}

/** Where something about a request is read. A claim counts only from a verified token. */
export interface ContextSource {
  readonly from: 'header' | 'cookie' | 'claim';
  /** Lower-case for headers. */
  readonly name: string;
}

/** What flags are told besides the sticky value and the address. */
export interface FlagContextRules {
  /** Undefined: the sticky value, as for `userId`. */
  readonly sessionId: ContextSource | undefined;
  readonly properties: readonly { readonly name: string; readonly source: ContextSource }[];
}
