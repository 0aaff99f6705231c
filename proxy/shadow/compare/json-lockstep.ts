import type { RulesHere } from './compiled-rules.ts';
import type { DifferenceList } from './differences.ts';
import type { OpenElement } from './in-place.ts';
import { firstDifference, numberEnd, skipValue, stringEnd, Unreadable, wordEnd } from './json-bytes.ts';
import type { CompareLimits } from './limits.ts';
import { PartedValues } from './parted-values.ts';
import { type Skipped, skipJson } from './skip-json.ts';

const quote = 0x22;
const comma = 0x2c;
const minus = 0x2d;
const colon = 0x3a;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** White space that differs at more places than this: two layouts, and walking both side by side gains nothing. */
const maxResyncs = 64;

/** Fewer bytes are not worth to be tried to skip. */
const leastSkipped = 32;

/**
 * Walks the monolith's JSON with the service's in step. While the bytes are the same, so is what they mean:
 * they are checked to be JSON, once, and nothing is made of them. Where they part, the smallest value around
 * is parsed on both sides and compared as any other; so the differences are those of comparing the whole.
 * Whatever does not fit ends it, and the bodies are read as a whole.
 */
export class JsonLockstep {
  readonly #a: Buffer;
  readonly #b: Buffer;
  readonly #limits: CompareLimits;
  readonly #differences: DifferenceList;
  readonly #parted: PartedValues;
  /** Where the walk is in the monolith's bytes; in the service's it is at `#at + #shift`. */
  #at = 0;
  #shift = 0;
  /** The first byte from `#at` on that differs under `#shift`. */
  #differsAt = 0;
  /** For each level the start of the member's key, or of an element `-1 - index`. */
  readonly #path: number[] = [];
  #nodes = 0;
  #resyncs = 0;
  readonly #skipped: Skipped = { end: -1, nodes: 0 };
  /** Bytes gone over of values that did not end before the next difference. */
  #inVain = 0;
  /** Part of the members that differ in the object that was read last; 1 where it was not read in step. */
  #changed = 1;

  constructor(
    monolith: Buffer,
    service: Buffer,
    rules: RulesHere,
    differences: DifferenceList,
    limits: CompareLimits,
  ) {
    this.#a = monolith;
    this.#b = service;
    this.#limits = limits;
    this.#differences = differences;
    this.#parted = new PartedValues({ monolith, service, path: this.#path }, rules, differences, limits);
  }

  /** False: read both as a whole. */
  compare(): boolean {
    try {
      this.#differsAt = firstDifference(this.#a, 0, this.#b, 0);
      this.#readValue(0);
      this.#skipSpace();
      return this.#at === this.#a.length && this.#at + this.#shift === this.#b.length;
    } catch (error) {
      if (error instanceof Unreadable) return false;
      throw error;
    }
  }

  #readValue(depth: number): void {
    if (++this.#nodes > this.#limits.maxNodes) throw new Unreadable();
    this.#skipSpace();
    const from = this.#at;
    if (from >= this.#differsAt) {
      this.#comparePart(from, from + this.#shift);
      return;
    }
    const first = this.#a[from]!;
    if ((first === openBrace || first === openBracket) && this.#skipSame(from, depth)) return;
    if (first === openBrace) {
      this.#readObject(this.#deeper(depth));
      return;
    }
    if (first === openBracket) {
      this.#readArray(this.#deeper(depth));
      return;
    }
    if (first === quote) {
      const end = stringEnd(this.#a, from);
      if (end > this.#differsAt) {
        this.#comparePart(from, from + this.#shift);
        return;
      }
      this.#at = end;
      return;
    }
    const isNumber = first === minus || (first >= 0x30 && first <= 0x39);
    const end = isNumber ? numberEnd(this.#a, from) : wordEnd(this.#a, from);
    // A number may go on where the other one ends.
    if (end >= this.#differsAt && !(end === this.#a.length && end + this.#shift === this.#b.length)) {
      this.#comparePart(from, from + this.#shift);
      return;
    }
    this.#at = end;
  }

  /** Goes past an object or array that ends before the next difference; false where it does not. */
  #skipSame(from: number, depth: number): boolean {
    if (this.#differsAt - from < leastSkipped || this.#inVain > this.#a.length) return false;
    skipJson(this.#a, from, this.#differsAt, this.#limits.maxDepth - depth, this.#skipped);
    const { end, nodes } = this.#skipped;
    if (end < 0) {
      this.#inVain += this.#differsAt - from;
      return false;
    }
    this.#nodes += nodes - 1;
    this.#at = end;
    return true;
  }

  #deeper(depth: number): number {
    if (depth >= this.#limits.maxDepth) throw new Unreadable();
    return depth + 1;
  }

  #readObject(depth: number): void {
    const from = this.#at;
    const otherFrom = from + this.#shift;
    const { found } = this.#differences;
    const mark = found.length;
    let members = 0;
    let changed = 0;
    this.#at++;
    this.#skipSpace();
    if (this.#at >= this.#differsAt) {
      this.#compareWhole(from, otherFrom, mark);
      return;
    }
    if (this.#a[this.#at] === closeBrace) {
      this.#at++;
      return;
    }
    for (;;) {
      this.#skipSpace();
      const key = this.#at;
      if (key >= this.#differsAt) {
        this.#compareWhole(from, otherFrom, mark);
        return;
      }
      if (this.#a[key] !== quote) throw new Unreadable();
      const end = stringEnd(this.#a, key);
      if (end > this.#differsAt) {
        this.#compareWhole(from, otherFrom, mark);
        return;
      }
      this.#at = end;
      this.#skipSpace();
      if (this.#at >= this.#differsAt || this.#a[this.#at] !== colon) throw new Unreadable();
      this.#at++;
      const before = found.length;
      this.#path.push(key);
      this.#readValue(depth);
      this.#path.pop();
      members++;
      if (found.length > before) changed++;
      this.#skipSpace();
      if (this.#at >= this.#differsAt) {
        this.#compareWhole(from, otherFrom, mark);
        return;
      }
      const next = this.#a[this.#at++];
      if (next === closeBrace) {
        this.#changed = changed / members;
        return;
      }
      if (next !== comma) throw new Unreadable();
    }
  }

  #readArray(depth: number): void {
    const differences = this.#differences;
    const from = this.#at;
    const otherFrom = from + this.#shift;
    const mark = differences.found.length;
    let open: OpenElement[] | undefined;
    this.#at++;
    this.#skipSpace();
    if (this.#at >= this.#differsAt) {
      this.#compareWhole(from, otherFrom, mark);
      return;
    }
    if (this.#a[this.#at] === closeBracket) {
      this.#at++;
      return;
    }
    for (let index = 0; ; index++) {
      this.#skipSpace();
      const start = this.#at;
      const otherStart = start + this.#shift;
      const before = differences.found.length;
      this.#path.push(-1 - index);
      this.#readValue(depth);
      this.#path.pop();
      if (differences.found.length > before) {
        open ??= [];
        open.push({
          index,
          from: start,
          to: this.#at,
          otherFrom: otherStart,
          otherTo: this.#at + this.#shift,
          changed: this.#a[start] === openBrace ? this.#changed : 1,
        });
      }
      this.#skipSpace();
      if (this.#at >= this.#differsAt) {
        this.#compareWhole(from, otherFrom, mark);
        return;
      }
      const next = this.#a[this.#at++];
      if (next === comma) continue;
      if (next !== closeBracket) throw new Unreadable();
      if (open !== undefined) this.#alignOpen(open, index + 1, from, otherFrom, mark);
      return;
    }
  }

  #alignOpen(open: OpenElement[], length: number, from: number, otherFrom: number, mark: number): void {
    const nodes = this.#parted.align(open, length, mark, this.#nodes);
    if (nodes === false) this.#compareWhole(from, otherFrom, mark);
    else this.#nodes = nodes;
  }

  /** What was found below is found again. */
  #compareWhole(from: number, otherFrom: number, mark: number): void {
    this.#differences.rewind(mark);
    this.#comparePart(from, otherFrom);
  }

  /** Compares the two values that begin there, and walks on behind them. */
  #comparePart(from: number, otherFrom: number): void {
    this.#changed = 1;
    const [to, otherTo] = [skipValue(this.#a, from), skipValue(this.#b, otherFrom)];
    this.#nodes = this.#parted.compare({ from, to, otherFrom, otherTo }, this.#nodes);
    this.#at = to;
    this.#shift = otherTo - to;
    this.#differsAt = firstDifference(this.#a, to, this.#b, otherTo);
  }

  /** To the next token on both sides, which may have other white space before it. */
  #skipSpace(): void {
    const a = this.#a;
    const from = this.#at;
    let at = from;
    while (at < a.length && isSpace(a[at]!)) at++;
    this.#at = at;
    if (at < this.#differsAt) return;
    const b = this.#b;
    let other = from + this.#shift;
    while (other < b.length && isSpace(b[other]!)) other++;
    if (other - at === this.#shift) return;
    if (++this.#resyncs > maxResyncs) throw new Unreadable();
    this.#shift = other - at;
    this.#differsAt = firstDifference(a, at, b, other);
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
