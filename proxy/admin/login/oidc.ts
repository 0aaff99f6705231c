import { SignJWT } from 'jose';
import * as oidc from 'openid-client';
import { NoRoleError, OidcError } from './oidc-error.ts';
import { mayActAs, type Role, type RoleRule } from './roles.ts';
import { loginSeconds, readSigned } from './session.ts';

export interface OidcOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  /** Who has `value` in `claim` (a text or a list of texts) has the role; the largest of several counts. */
  readonly roles: readonly RoleRule[];
  /** Of the admin plane, such as `https://ficus.example.org`; the provider must know `<origin>/login/callback`. */
  readonly origin: string;
}

const scope = 'openid profile email';
const timeoutSeconds = 10;

/**
 * Logins by OpenID Connect's authorization code flow with PKCE (RFC 7636). What must come back is in a signed
 * cookie, so any replica can end what another began. The provider is asked about itself at the first login.
 */
export class OidcLogin {
  readonly #options: OidcOptions;
  readonly #key: Uint8Array;
  readonly #now: () => number;
  #provider: Promise<oidc.Configuration> | undefined;

  constructor(options: OidcOptions, key: Uint8Array, now: () => number) {
    this.#options = options;
    this.#key = key;
    this.#now = now;
  }

  /** Where to send the browser, and the cookie that it must bring back. */
  async begin(returnTo: string): Promise<{ readonly url: string; readonly cookie: string }> {
    const provider = await this.#discover();
    const verifier = oidc.randomPKCECodeVerifier();
    const state = oidc.randomState();
    const nonce = oidc.randomNonce();
    const url = oidc.buildAuthorizationUrl(provider, {
      redirect_uri: this.#redirectUri,
      scope,
      state,
      nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    const nowSeconds = Math.floor(this.#now() / 1000);
    const cookie = await new SignJWT({ verifier, state, nonce, returnTo })
      .setProtectedHeader({ alg: 'HS256' })
      .setAudience('login')
      .setExpirationTime(nowSeconds + loginSeconds)
      .sign(this.#key);
    return { url: url.href, cookie };
  }

  /** `target`: path and query of the callback as the browser asked for it. Rejects with an `OidcError`. */
  async finish(target: string, cookie: string | undefined): Promise<FinishedLogin> {
    const begun =
      cookie === undefined ? undefined : await readSigned(cookie, this.#key, 'login', this.#now());
    const { verifier, state, nonce, returnTo } = begun ?? {};
    if (typeof verifier !== 'string' || typeof state !== 'string' || typeof nonce !== 'string') {
      throw new OidcError(
        'This login was not begun in this browser, or took too long: begin anew at /login.',
      );
    }
    const provider = await this.#discover();
    const claims = withoutDoubtfulEmail(
      await this.#exchange(provider, new URL(target, this.#options.origin), verifier, state, nonce),
    );
    const role = roleOf(claims, this.#options.roles);
    const name = nameOf(claims);
    if (role === undefined) throw new NoRoleError(name);
    return { name, role, returnTo: typeof returnTo === 'string' ? returnTo : '/' };
  }

  get #redirectUri(): string {
    return `${this.#options.origin}/login/callback`;
  }

  async #exchange(
    provider: oidc.Configuration,
    url: URL,
    pkceCodeVerifier: string,
    expectedState: string,
    expectedNonce: string,
  ): Promise<Record<string, unknown>> {
    try {
      const tokens = await oidc.authorizationCodeGrant(provider, url, {
        pkceCodeVerifier,
        expectedState,
        expectedNonce,
        idTokenExpected: true,
      });
      const claims = tokens.claims()!;
      const isMissing = this.#options.roles.some(({ claim }) => claims[claim] === undefined);
      if (!isMissing || provider.serverMetadata().userinfo_endpoint === undefined) return claims;
      // Some providers keep groups out of the ID token.
      return { ...(await oidc.fetchUserInfo(provider, tokens.access_token, claims.sub)), ...claims };
    } catch (error) {
      throw new OidcError(`The provider's answer does not log anybody in: ${(error as Error).message}.`, {
        cause: error,
      });
    }
  }

  #discover(): Promise<oidc.Configuration> {
    const { issuer, clientId, clientSecret } = this.#options;
    const url = new URL(issuer);
    this.#provider ??= oidc
      .discovery(url, clientId, clientSecret, clientSecret === undefined ? oidc.None() : undefined, {
        timeout: timeoutSeconds,
        // Settings let plain HTTP be on this machine only.
        ...(url.protocol === 'http:' ? { execute: [oidc.allowInsecureRequests] } : {}),
      })
      .catch((error: unknown) => {
        this.#provider = undefined;
        throw new OidcError(`The login provider ${issuer} can't be asked now.`, { cause: error });
      });
    return this.#provider;
  }
}

export interface FinishedLogin {
  readonly name: string;
  readonly role: Role;
  readonly returnTo: string;
}

/** An e-mail address that the provider has not verified may be anybody's: neither a name nor a role rests on it. */
function withoutDoubtfulEmail({ email, ...claims }: Record<string, unknown>): Record<string, unknown> {
  return claims['email_verified'] === true ? { ...claims, email } : claims;
}

function nameOf({ email, sub }: Record<string, unknown>): string {
  const name = typeof email === 'string' ? email : String(sub);
  return `user:${name.replace(/[^\w.@:+-]/g, '_').slice(0, 100)}`;
}

function roleOf(claims: Record<string, unknown>, rules: readonly RoleRule[]): Role | undefined {
  const fitting = rules.filter(({ claim, value }) => [claims[claim]].flat().includes(value));
  return fitting
    .map(({ role }) => role)
    .reduce<Role | undefined>(
      (best, role) => (best === undefined || mayActAs(role, best) ? role : best),
      undefined,
    );
}
