import { isIgnored, type RulesHere, toleranceOf, unorderedRule } from './compiled-rules.ts';
import { normalNumber } from './json-number.ts';
import { JsonNumber, type JsonValue, kindOf, RepeatedMember } from './json-value.ts';
import { stepInto } from './place-tree.ts';

/**
 * Numbers for values: two values have the same id exactly if they agree under the rules, but for numbers
 * that may be some way apart: all of those have one id, so whoever relies on ids compares these again.
 */
export class JsonIds {
  readonly #ids = new Map<string, number>();

  /** `rules` are those for the value's place. */
  idOf(value: JsonValue, rules: RulesHere): number {
    return this.#intern(this.#textOf(value, rules));
  }

  /** The ids of an object's members by key; undefined when the value is no object. */
  memberIds(value: JsonValue, rules: RulesHere): ReadonlyMap<string, number> | undefined {
    if (!(value instanceof Map)) return undefined;
    const ids = new Map<string, number>();
    for (const [key, member] of value) {
      const below = stepInto(rules, key);
      if (!isIgnored(below)) ids.set(key, this.idOf(member, below));
    }
    return ids;
  }

  #textOf(value: JsonValue, rules: RulesHere): string {
    if (typeof value === 'string') return `"${value}`;
    if (value instanceof JsonNumber)
      return toleranceOf(rules) === undefined ? normalNumber(value.text) : 'number';
    if (value instanceof RepeatedMember)
      return `<${value.values.map((each) => this.idOf(each, rules)).join()}`;
    if (value instanceof Map) return `{${this.#memberPairs(value, rules).join()}`;
    if (kindOf(value) !== 'array') return String(value);
    const ids = (value as readonly JsonValue[]).map((element, index) =>
      this.idOf(element, stepInto(rules, index)),
    );
    return `[${(unorderedRule(rules) ? ids.toSorted((a, b) => a - b) : ids).join()}`;
  }

  #memberPairs(value: JsonValue, rules: RulesHere): string[] {
    const pairs: string[] = [];
    for (const [key, id] of this.memberIds(value, rules) ?? [])
      pairs.push(`${this.#intern(`:${key}`)}=${id}`);
    return pairs.sort();
  }

  #intern(text: string): number {
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const id = this.#ids.size;
    this.#ids.set(text, id);
    return id;
  }
}
