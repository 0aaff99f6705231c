import { idsRule, isIgnored, type RulesHere, tolerancesOf, unorderedRule } from './compiled-rules.ts';
import { normalNumber } from './json-number.ts';
import { JsonNumber, type JsonValue, kindOf, RepeatedMember } from './json-value.ts';
import { stepInto } from './place-tree.ts';

/**
 * Numbers for values: two values have the same id exactly if they agree under the rules, but for what may be
 * some way apart, and what is called otherwise on either side: all of those have one id, so whoever relies on
 * ids compares these again.
 */
export class JsonIds {
  readonly #ids = new Map<string, number>();
  /** Of arrays and objects where no rule holds: arrays in arrays are not gone through again for each level. */
  readonly #known = new Map<object, number>();

  /** `rules` are those for the value's place. */
  idOf(value: JsonValue, rules: RulesHere): number {
    if (rules.length > 0 || typeof value !== 'object' || value === null || value instanceof JsonNumber)
      return this.#intern(this.#textOf(value, rules));
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const id = this.#intern(this.#textOf(value, rules));
    this.#known.set(value, id);
    return id;
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
    if (rules.length > 0 && (tolerancesOf(rules).length > 0 || idsRule(rules) !== undefined)) {
      if (typeof value === 'string' || value instanceof JsonNumber) return 'near';
    }
    if (typeof value === 'string') return `"${value}`;
    if (value instanceof JsonNumber) return normalNumber(value.text);
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
