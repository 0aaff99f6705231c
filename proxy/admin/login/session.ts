import { randomBytes } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { type Identity, type Role, roles } from './roles.ts';

/** How long somebody may take at the login provider. */
export const loginSeconds = 600;
/** How long a login lasts. */
export const sessionSeconds = 8 * 3600;
const maxEnded = 10_000;

export const sessionCookie = '__Host-ficus-session';

export interface Session {
  readonly identity: Identity;
  /** Of the token that it was begun with; undefined after a login at the provider. */
  readonly tokenSha256: string | undefined;
  /** What a page sends back as `X-Ficus-Csrf` with every write: another origin can't read it. */
  readonly csrf: string;
}

/**
 * Sessions without a store: a signed cookie carries who logged in, and whoever has the key can check it. One
 * that was ended before its time is remembered by the process that ended it.
 */
export class Sessions {
  readonly #key: Uint8Array;
  readonly #now: () => number;
  readonly #ended = new Set<string>();

  /** `key`: 32 secret bytes; `now`: Unix time in ms. */
  constructor(key: Uint8Array, now: () => number) {
    this.#key = key;
    this.#now = now;
  }

  /** The cookie's value. */
  async begin({ name, role }: Pick<Identity, 'name' | 'role'>, tokenSha256?: string): Promise<string> {
    const nowSeconds = Math.floor(this.#now() / 1000);
    return new SignJWT({ role, csrf: randomBytes(18).toString('base64url'), token: tokenSha256 })
      .setProtectedHeader({ alg: 'HS256' })
      .setAudience('session')
      .setSubject(name)
      .setJti(randomBytes(12).toString('base64url'))
      .setIssuedAt(nowSeconds)
      .setExpirationTime(nowSeconds + sessionSeconds)
      .sign(this.#key);
  }

  /** Undefined for what is forged, over or ended. */
  async read(value: string): Promise<Session | undefined> {
    const claims = await readSigned(value, this.#key, 'session', this.#now());
    const { sub, jti, role, csrf, token } = claims ?? {};
    if (typeof sub !== 'string' || typeof csrf !== 'string' || typeof jti !== 'string') return undefined;
    if (!roles.some((one) => one === role) || this.#ended.has(jti)) return undefined;
    const identity: Identity = { name: sub, role: role as Role, provedBy: 'session' };
    return { identity, csrf, tokenSha256: typeof token === 'string' ? token : undefined };
  }

  async end(value: string): Promise<void> {
    const jti = (await readSigned(value, this.#key, 'session', this.#now()))?.['jti'];
    if (typeof jti !== 'string') return;
    if (this.#ended.size >= maxEnded) this.#ended.delete(this.#ended.keys().next().value!);
    this.#ended.add(jti);
  }
}

/** The claims of a token that we signed for `audience`, or undefined. */
export async function readSigned(
  value: string,
  key: Uint8Array,
  audience: string,
  nowMs: number,
): Promise<Record<string, unknown> | undefined> {
  try {
    const { payload } = await jwtVerify(value, key, {
      algorithms: ['HS256'],
      audience,
      currentDate: new Date(nowMs),
      requiredClaims: ['exp'],
    });
    return payload;
  } catch {
    return undefined;
  }
}
