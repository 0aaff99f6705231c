/** Of each kind of request: one may be lost on its way to the store. */
const samplesOfEach = 3;
/** Clients can make up kinds of requests. */
const maxKinds = 500;

/** Which pairs that agree are kept as samples: the first few of each kind of request on a route. */
export class WantedUses {
  readonly #taken = new Map<string, number>();

  take(route: string, use: string): boolean {
    const kind = JSON.stringify([route, use]);
    const taken = this.#taken.get(kind) ?? 0;
    if (taken >= samplesOfEach || (taken === 0 && this.#taken.size >= maxKinds)) return false;
    this.#taken.set(kind, taken + 1);
    return true;
  }
}
