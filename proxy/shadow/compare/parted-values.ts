import { alignOpen, type Element } from './align-elements.ts';
import { compareAligned, compareValues, type JsonWalk, jsonWalk } from './compare-json.ts';
import { type RulesHere, unorderedRule } from './compiled-rules.ts';
import type { DifferenceList } from './differences.ts';
import { areInPlace, type OpenElement } from './in-place.ts';
import { stringEnd, Unreadable } from './json-bytes.ts';
import type { JsonValue } from './json-value.ts';
import type { CompareLimits } from './limits.ts';
import { parseJson } from './parse-json.ts';
import type { Step } from './place.ts';
import { stepInto } from './place-tree.ts';
import { readScalar } from './read-scalar.ts';
import { isOneSidedPassedOver } from './same-json.ts';

/** Bytes parsed for each byte of the bodies; with more, arrays in arrays are parsed over and over. */
const maxParsedRatio = 2;

/** Where a value stands in the monolith's bytes, and where the one in its place in the service's. */
export interface PartedSpan {
  readonly from: number;
  readonly to: number;
  readonly otherFrom: number;
  readonly otherTo: number;
}

/**
 * What is done where two bodies that are walked in step part: the values there are parsed and compared as any
 * others. Throws `Unreadable` where the bodies are to be read as a whole.
 */
export class PartedValues {
  readonly #a: Buffer;
  readonly #b: Buffer;
  readonly #rules: RulesHere;
  readonly #limits: CompareLimits;
  readonly #walk: JsonWalk;
  /** The walk's: for each level the start of the member's key, or of an element `-1 - index`. */
  readonly #path: readonly number[];
  #nodes = 0;
  #parsed = 0;

  constructor(
    sides: { readonly monolith: Buffer; readonly service: Buffer; readonly path: readonly number[] },
    rules: RulesHere,
    differences: DifferenceList,
    limits: CompareLimits,
  ) {
    this.#a = sides.monolith;
    this.#b = sides.service;
    this.#path = sides.path;
    this.#rules = rules;
    this.#limits = limits;
    this.#walk = jsonWalk(differences, limits);
  }

  /** Compares the two values at the end of the path. `nodes`: read so far; returns how many those are now. */
  compare({ from, to, otherFrom, otherTo }: PartedSpan, nodes: number): number {
    this.#nodes = nodes;
    const [one, other] = [this.#parse(this.#a, from, to), this.#parse(this.#b, otherFrom, otherTo)];
    const rules = this.#takeSteps();
    if (rules !== undefined) compareValues(this.#walk, one, other, rules);
    if (this.#walk.differences.full) throw new Unreadable();
    return this.#nodes;
  }

  /**
   * Finds for elements of an array that differ which belong together: one is the same one changed; of several, any
   * may have moved. `mark`: differences before the array. False: the array is to be compared as a whole.
   */
  align(open: readonly OpenElement[], length: number, mark: number, nodes: number): number | false {
    this.#nodes = nodes;
    const rules = this.#takeSteps();
    if (rules === undefined) return nodes;
    if (unorderedRule(rules)) return false;
    if (open.length < 2 || areInPlace(open, this.#a, this.#b)) return this.#nodes;
    this.#walk.differences.rewind(mark);
    const sides = { monolith: [] as Element[], service: [] as Element[] };
    const values: { monolith: JsonValue[]; service: JsonValue[] } = { monolith: [], service: [] };
    values.monolith.length = length;
    values.service.length = length;
    for (const { index, from, to, otherFrom, otherTo } of open) {
      const [one, other] = [this.#parse(this.#a, from, to), this.#parse(this.#b, otherFrom, otherTo)];
      sides.monolith.push({ index, value: one });
      sides.service.push({ index, value: other });
      values.monolith[index] = one;
      values.service[index] = other;
    }
    const alignment = alignOpen(sides, rules, this.#walk.alignment);
    compareAligned(this.#walk, values.monolith, values.service, alignment, rules);
    return this.#nodes;
  }

  #parse(body: Buffer, from: number, to: number): JsonValue {
    const scalar = readScalar(body, from, to);
    if (scalar !== undefined) return scalar;
    this.#parsed += to - from;
    if (this.#parsed > maxParsedRatio * (this.#a.length + this.#b.length)) throw new Unreadable();
    const { maxDepth, maxNodes } = this.#limits;
    const limits = { maxNodes, maxDepth: maxDepth - this.#path.length };
    const parsed = parseJson(body.toString('utf8', from, to), limits, (nodes) => {
      this.#nodes += nodes;
    });
    if (!parsed.ok || this.#nodes > maxNodes) throw new Unreadable();
    return parsed.value;
  }

  /** Puts the path into the walk's steps; returns the rules there, or undefined at and below an ignored place. */
  #takeSteps(): RulesHere | undefined {
    const { steps } = this.#walk;
    steps.length = 0;
    let rules = this.#rules;
    for (const entry of this.#path) {
      if (rules.length > 0 && isOneSidedPassedOver(rules)) return undefined;
      const step: Step = entry < 0 ? -1 - entry : this.#keyAt(entry);
      steps.push(step);
      rules = stepInto(rules, step);
    }
    return rules;
  }

  #keyAt(from: number): string {
    return this.#parse(this.#a, from, stringEnd(this.#a, from)) as string;
  }
}
