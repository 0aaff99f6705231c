import { addBoth, addSeen, type BothSeen, nothingSeen, type SideSeen } from './window.ts';

/** What counts as `before`: as much as this, newer answers for older ones. */
const MAX_BEFORE = 20_000;

/** Both sides over the last so many seconds, the present one included. */
export interface SeenWindow {
  readonly seconds: number;
  readonly seen: BothSeen;
}

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
  /** None is older. */
  #oldest = Number.POSITIVE_INFINITY;
  #run: { readonly since: number; readonly seen: BothSeen } | undefined;

  constructor(maxSeconds: number) {
    this.#maxSeconds = maxSeconds;
  }

  add(second: number, seen: BothSeen): void {
    const at = this.#at(second);
    at[0] = addBoth(at[0], seen);
    this.#addToRun(second, seen);
  }

  /** What was counted here since the service last answered well, where nothing but bad answers came since. */
  run(now: number): SeenWindow | undefined {
    if (!this.#run || this.#run.since <= now - this.#maxSeconds) return undefined;
    return { seconds: now - this.#run.since + 1, seen: this.#run.seen };
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
    this.#run = undefined;
    this.#newest = second;
    this.#from = second;
  }

  /** Windows that end now, shortest first: every one up to a quarter of a minute, then each about a twelfth longer; none after one of which `isLast` says so. */
  windows(now: number, isLast: (window: SeenWindow) => boolean = () => false): SeenWindow[] {
    this.#forget(now);
    const windows: SeenWindow[] = [];
    const sum = { asked: 0, failed: 0, monolithAsked: 0, monolithFailed: 0 };
    for (let second = now; second > now - this.#maxSeconds && second >= this.#from; second--) {
      for (const { service, monolith } of this.#seconds.get(second) ?? none) {
        sum.asked += service.requests;
        sum.failed += service.bad;
        sum.monolithAsked += monolith.requests;
        sum.monolithFailed += monolith.bad;
      }
      const seconds = now - second + 1;
      if (seconds > 15 && seconds % Math.floor(seconds / 12) !== 0) continue;
      const service = { requests: sum.asked, bad: sum.failed };
      const monolith = { requests: sum.monolithAsked, bad: sum.monolithFailed };
      const window = { seconds, seen: { service, monolith } };
      windows.push(window);
      if (isLast(window)) break;
    }
    return windows;
  }

  /** Reports come several times a second, so that it begins closer to the first bad answer than any second does. */
  #addToRun(second: number, seen: BothSeen): void {
    const { requests, bad } = seen.service;
    if (requests > bad) this.#run = undefined;
    else if (this.#run) this.#run = { since: this.#run.since, seen: addBoth(this.#run.seen, seen) };
    else if (bad > 0) this.#run = { since: second, seen };
  }

  #at(second: number): [own: BothSeen, others: BothSeen] {
    let at = this.#seconds.get(second);
    if (!at) {
      // Here, and not only where windows are asked for: some are counted for that nobody asks about.
      this.#forget(second);
      this.#newest = Math.max(this.#newest, second);
      at = [nothing, nothing];
      this.#seconds.set(second, at);
      this.#oldest = Math.min(this.#oldest, second);
    }
    return at;
  }

  #forget(now: number): void {
    const end = now - this.#maxSeconds;
    if (end < this.#oldest) return;
    // Second by second, as a rule one of them; all there are after a clock that jumped.
    const isFew = end - this.#oldest < this.#seconds.size;
    const seconds = isFew ? range(this.#oldest, end) : [...this.#seconds.keys()];
    for (const second of seconds) {
      const at = this.#seconds.get(second);
      if (!at || second > end) continue;
      this.#seconds.delete(second);
      this.#remember(addBoth(...at));
    }
    this.#oldest = end + 1;
  }

  #remember({ monolith }: BothSeen): void {
    const sum = addSeen(this.#before, monolith);
    const part = sum.requests > MAX_BEFORE ? MAX_BEFORE / sum.requests : 1;
    this.#before = { requests: sum.requests * part, bad: sum.bad * part };
  }
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
