import { findToken } from './find-token.ts';
import { LockOut } from './lock-out.ts';
import type { Identity } from './roles.ts';
import type { KnownToken } from './token-file.ts';

export type LoginAnswer =
  | { readonly identity: Identity; readonly isFirst: boolean }
  | { readonly refused: 'missing' | 'wrong' }
  | { readonly refused: 'locked'; readonly forMs: number; readonly isFirst: boolean };

export interface TokenLoginDeps {
  readonly tokens: () => readonly KnownToken[];
  readonly clock: { now(): number; monotonic(): number };
}

/** As many pairs of token and address are remembered; one more is told as new once more. */
const maxKnown = 1000;

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
    const forMs = this.#lockOut.lockedForMs(address);
    // While locked not even a right token is looked at: the answer would tell that it is right.
    if (forMs > 0) return { refused: 'locked', forMs, isFirst: false };
    if (authorization === undefined) return { refused: 'missing' };
    const presented = /^Bearer ([\x21-\x7e]{1,4096})$/i.exec(authorization)?.[1];
    const { tokens, clock } = this.#deps;
    const identity = presented === undefined ? undefined : findToken(tokens(), presented, clock.now());
    if (!identity) {
      if (!this.#lockOut.failed(address)) return { refused: 'wrong' };
      return { refused: 'locked', forMs: this.#lockOut.lockedForMs(address), isFirst: true };
    }
    this.#lockOut.succeeded(address);
    return { identity, isFirst: this.#isNew(`${identity.name}\0${address}`) };
  }

  #isNew(pair: string): boolean {
    if (this.#known.has(pair)) return false;
    if (this.#known.size >= maxKnown) this.#known.clear();
    this.#known.add(pair);
    return true;
  }
}
