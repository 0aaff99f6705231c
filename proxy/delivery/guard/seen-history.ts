import { addBoth, addSeen, type BothSeen, nothingSeen, type SideSeen } from './window.ts';

/** What counts as `before`: as much as this, newer answers for older ones. */
const MAX_BEFORE = 20_000;

const none: readonly BothSeen[] = [];
const nothing: BothSeen = { service: nothingSeen, monolith: nothingSeen };

/** What both sides answered, second by second, for as long as the longest window; older answers of the monolith are summed up. */
export class SeenHistory {
  /** By second; each is what this process counted, and what others did. */
  readonly #seconds = new Map<number, [own: BothSeen, others: BothSeen]>();
  readonly #maxSeconds: number;
  #before: SideSeen = nothingSeen;
  #newest = Number.NEGATIVE_INFINITY;
  /** Seconds before this one are over and done: shares have changed since. */
  #from = Number.NEGATIVE_INFINITY;

  constructor(maxSeconds: number) {
    this.#maxSeconds = maxSeconds;
  }

  add(second: number, seen: BothSeen): void {
    const at = this.#at(second);
    at[0] = addBoth(at[0], seen);
  }

  /** What all other processes have counted in a second so far. */
  setOthers(second: number, seen: BothSeen): void {
    if (second > this.#newest - this.#maxSeconds) this.#at(second)[1] = seen;
  }

  /** What the monolith answered before all that `windows` has. */
  get before(): SideSeen {
    return this.#before;
  }

  /** Windows begin anew: what was counted so far is not comparable with what follows. */
  restart(second: number): void {
    for (const [at, [own, others]] of this.#seconds)
      if (at >= this.#from) this.#remember(addBoth(own, others));
    this.#seconds.clear();
    this.#newest = second;
    this.#from = second;
  }

  /** Windows that end now, shortest first: every one up to a minute, then about one in 32. */
  windows(now: number): { readonly seconds: number; readonly seen: BothSeen }[] {
    this.#forget(now);
    const windows: { seconds: number; seen: BothSeen }[] = [];
    const sum = { asked: 0, failed: 0, monolithAsked: 0, monolithFailed: 0 };
    for (let second = now; second > now - this.#maxSeconds && second >= this.#from; second--) {
      for (const { service, monolith } of this.#seconds.get(second) ?? none) {
        sum.asked += service.requests;
        sum.failed += service.bad;
        sum.monolithAsked += monolith.requests;
        sum.monolithFailed += monolith.bad;
      }
      const seconds = now - second + 1;
      if (seconds > 60 && seconds % Math.floor(seconds / 32) !== 0) continue;
      const service = { requests: sum.asked, bad: sum.failed };
      const monolith = { requests: sum.monolithAsked, bad: sum.monolithFailed };
      windows.push({ seconds, seen: { service, monolith } });
    }
    return windows;
  }

  #at(second: number): [own: BothSeen, others: BothSeen] {
    let at = this.#seconds.get(second);
    if (!at) {
      // Here, and not only where windows are asked for: some are counted for that nobody asks about.
      this.#forget(second);
      this.#newest = Math.max(this.#newest, second);
      at = [nothing, nothing];
      this.#seconds.set(second, at);
    }
    return at;
  }

  #forget(now: number): void {
    for (const [second, [own, others]] of this.#seconds) {
      if (second > now - this.#maxSeconds) continue;
      this.#seconds.delete(second);
      this.#remember(addBoth(own, others));
    }
  }

  #remember({ monolith }: BothSeen): void {
    const sum = addSeen(this.#before, monolith);
    const part = sum.requests > MAX_BEFORE ? MAX_BEFORE / sum.requests : 1;
    this.#before = { requests: sum.requests * part, bad: sum.bad * part };
  }
}
