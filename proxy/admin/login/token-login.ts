import { findToken, isValid } from './find-token.ts';
import { LockOut } from './lock-out.ts';
import type { Identity } from './roles.ts';
import type { KnownToken } from './token-file.ts';

export type LoginRefused =
  | { readonly refused: 'missing' | 'wrong' }
  /** `isFirst`: by this very failure. */
  | { readonly refused: 'locked'; readonly forMs: number; readonly isFirst: boolean };

export type LoginAnswer =
  | { readonly identity: Identity; readonly sha256: string; readonly isFirst: boolean }
  | LoginRefused;

export interface TokenLoginDeps {
  readonly tokens: () => readonly KnownToken[];
  readonly clock: { now(): number; monotonic(): number };
}

/** As many pairs of token and address are remembered; one more is told as new once more. */
const maxKnown = 1000;

function identityOf({ name, role }: KnownToken, provedBy: Identity['provedBy']): Identity {
  return { name: `token:${name}`, role, provedBy };
}

/** Lets in who brings a bearer token of the tokens file. */
export class TokenLogin {
  readonly #deps: TokenLoginDeps;
  readonly #lockOut: LockOut;
  readonly #known = new Set<string>();

  constructor(deps: TokenLoginDeps) {
    this.#deps = deps;
    this.#lockOut = new LockOut(() => deps.clock.monotonic());
  }

  /** `authorization`: the header's value; `address`: whom failures are counted for. */
  look(authorization: string | undefined, address: string): LoginAnswer {
    if (authorization === undefined) return { refused: 'missing' };
    const forMs = this.#lockOut.lockedForMs(address);
    // While locked not even a right token is looked at: the answer would tell that it is right.
    if (forMs > 0) return { refused: 'locked', forMs, isFirst: false };
    const presented = /^Bearer ([\x21-\x7e]{1,4096})$/i.exec(authorization)?.[1];
    const { tokens, clock } = this.#deps;
    const token = presented === undefined ? undefined : findToken(tokens(), presented, clock.now());
    if (!token) {
      if (!this.#lockOut.failed(address)) return { refused: 'wrong' };
      return { refused: 'locked', forMs: this.#lockOut.lockedForMs(address), isFirst: true };
    }
    this.#lockOut.succeeded(address);
    const identity = identityOf(token, 'token');
    return { identity, sha256: token.sha256, isFirst: this.#isNew(`${identity.name}\0${address}`) };
  }

  /** Whether there is a token at all that lets somebody in. */
  hasAny(): boolean {
    const { tokens, clock } = this.#deps;
    return tokens().some((one) => isValid(one, clock.now()));
  }

  /** Whose session was begun with a token: they may what it may now, and nothing once it is gone or over. */
  ofSession(sha256: string): Identity | undefined {
    const { tokens, clock } = this.#deps;
    const token = tokens().find((one) => one.sha256 === sha256 && isValid(one, clock.now()));
    return token && identityOf(token, 'session');
  }

  #isNew(pair: string): boolean {
    if (this.#known.has(pair)) return false;
    if (this.#known.size >= maxKnown) this.#known.clear();
    this.#known.add(pair);
    return true;
  }
}
