import type { ComparedPair } from '../shadow/pair.ts';

/** Two windows are kept, the present one and the one before it: what is recent is 10 to 20 minutes old at most. */
const windowMs = 10 * 60_000;
/** Signatures counted in one window. */
const maxSignatures = 2_000;

interface Window {
  readonly since: number;
  readonly routes: Map<string, number>;
  readonly signatures: Map<string, number>;
}

/** What this process counted lately under one key, to tell what rises. Not stored. */
export class RecentCounts {
  #present: Window = newWindow(0);
  #before: Window = newWindow(0);

  /** `nowMs`: monotonic. */
  add({ route, differences }: ComparedPair, nowMs: number): void {
    if (nowMs - this.#present.since >= windowMs) {
      this.#before = nowMs - this.#present.since >= 2 * windowMs ? newWindow(0) : this.#present;
      this.#present = newWindow(nowMs);
    }
    const { routes, signatures } = this.#present;
    routes.set(route, (routes.get(route) ?? 0) + 1);
    for (const signature of new Set(differences.map((one) => one.signature))) {
      if (signatures.has(signature) || signatures.size < maxSignatures)
        signatures.set(signature, (signatures.get(signature) ?? 0) + 1);
    }
  }

  /** Pairs of the route, and those among them that showed the signature. */
  of(route: string, signature: string): { readonly routePairs: number; readonly pairs: number } {
    const sum = (of: 'routes' | 'signatures', text: string) =>
      (this.#present[of].get(text) ?? 0) + (this.#before[of].get(text) ?? 0);
    return { routePairs: sum('routes', route), pairs: sum('signatures', signature) };
  }
}

function newWindow(since: number): Window {
  return { since, routes: new Map(), signatures: new Map() };
}
