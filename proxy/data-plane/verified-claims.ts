import { hash } from 'node:crypto';
import type { JwtRules, PublicJwk } from '../routing/identity.ts';
import { cookieValue } from '../routing/sticky-value.ts';
import { type Clock, systemClock } from '../telemetry/clock.ts';
import type { HeaderFields } from './header-fields.ts';
import { TwoGenerations } from './two-generations.ts';
import { importKeys, readToken, type VerifyingKey, verifyToken } from './verify-token.ts';

/** Claims of a verified token, by name: each as the texts it has, one unless it is a list. */
export type Claims = ReadonlyMap<string, readonly string[]>;

export const noClaims: Claims = new Map();

/** Longer ones are no tokens that anybody sends with each request. */
const maxTokenLength = 8192;
/** Claims are ids, roles and plans. */
const maxClaimLength = 256;
const maxListed = 100;
/** Two of these are kept: about 1 KiB a token. */
const generationSize = 5000;
/** How long a token that was refused is not looked at again: its nbf, or its key, may yet come. */
const refusedForMs = 10_000;
/** A flood of new tokens costs a worker no more than some percent of its time; those over it have no claims. */
const maxVerificationsPerSecond = 1000;

interface Known {
  readonly claims: Claims;
  readonly endsAtMs: number;
}

/** Reads and verifies tokens, each once: what is known of one is kept by its hash. Never fails a request. */
export class VerifiedClaims {
  readonly #rules: JwtRules;
  readonly #keys: readonly VerifyingKey[];
  readonly #names: readonly string[];
  readonly #clock: Clock;
  readonly #verified = new TwoGenerations<Known>(generationSize);
  /** Ms since 1970 until when they count as refused, apart: refused ones must not push verified ones out. */
  readonly #refused = new TwoGenerations<number>(generationSize);
  #second = 0;
  #verifications = 0;

  /** Of each token only the claims in `names` are kept. */
  constructor(
    rules: JwtRules,
    keys: readonly PublicJwk[],
    names: readonly string[],
    clock: Clock = systemClock,
  ) {
    this.#rules = rules;
    this.#keys = importKeys(keys);
    this.#names = names;
    this.#clock = clock;
  }

  of(fields: HeaderFields): Claims {
    const token = tokenIn(fields, this.#rules);
    if (token === undefined || token.length > maxTokenLength) return noClaims;
    const id = hash('sha256', token, 'base64');
    const nowMs = this.#clock.now();
    const known = this.#verified.get(id);
    if (known && nowMs < known.endsAtMs) return known.claims;
    if (nowMs < (this.#refused.get(id) ?? 0)) return noClaims;
    // Whatever is no token of ours at the first look takes nothing of what may be verified.
    const signed = readToken(token, this.#rules, this.#keys);
    if (signed === undefined || !this.#mayVerify()) return noClaims;
    const verified = verifyToken(signed, this.#rules, nowMs);
    if (verified === undefined) {
      this.#refused.set(id, nowMs + refusedForMs);
      return noClaims;
    }
    const claims = claimsOf(verified.payload, this.#names);
    this.#verified.set(id, { claims, endsAtMs: verified.endsAtMs });
    return claims;
  }

  #mayVerify(): boolean {
    const second = Math.floor(this.#clock.monotonic() / 1000);
    if (second !== this.#second) this.#verifications = 0;
    this.#second = second;
    return ++this.#verifications <= maxVerificationsPerSecond;
  }
}

function tokenIn(fields: HeaderFields, { from: { from, name } }: JwtRules): string | undefined {
  if (from === 'cookie') return cookieValue(fields.value('cookie'), name);
  const value = fields.value(name);
  if (value === undefined) return undefined;
  if (name !== 'authorization') return value;
  return /^bearer +(\S+)$/i.exec(value)?.[1];
}

function claimsOf(payload: Readonly<Record<string, unknown>>, names: readonly string[]): Claims {
  const claims = new Map<string, readonly string[]>();
  for (const name of names) {
    if (!Object.hasOwn(payload, name)) continue;
    const value = payload[name];
    const texts = (Array.isArray(value) ? value.slice(0, maxListed) : [value]).flatMap(textOf);
    if (texts.length > 0) claims.set(name, texts);
  }
  return claims;
}

/** An object is nothing that a constraint could be about. */
function textOf(value: unknown): string[] {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return [];
  const text = String(value);
  return text.length <= maxClaimLength ? [text] : [];
}
