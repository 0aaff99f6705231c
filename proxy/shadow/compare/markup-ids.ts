import { idsRule, isIgnored, type RulesHere, tolerancesOf } from './compiled-rules.ts';
import type { MarkupElement, MarkupNode } from './markup.ts';
import { stepInto } from './place-tree.ts';

/** Step to an attribute, and to a text that stands between elements. */
export const attributeStep = (name: string): string => `@${name}`;
export const textStep = '#text';

/** As `JsonIds`: nodes of one id agree under the rules, but for what may be some way apart. */
export class MarkupIds {
  readonly #ids = new Map<string, number>();
  readonly #known = new Map<MarkupElement, number>();

  /** `above` are the rules for the place of the node's parent: an element's own are found by its name. */
  idOf(node: MarkupNode, above: RulesHere): number {
    if (typeof node === 'string') return this.#intern(isNear(above) ? '#' : `#${node}`);
    // A node stands in one place alone, so its rules are always the same ones.
    const known = this.#known.get(node);
    if (known !== undefined) return known;
    const id = this.#intern(this.#textOf(node, stepInto(above, node.name)));
    this.#known.set(node, id);
    return id;
  }

  /** 0 to 1: how much two nodes that belong together have in common; 0 for what can't be one and the same. */
  similarity(one: MarkupNode, other: MarkupNode, above: RulesHere): number {
    if (typeof one === 'string' || typeof other === 'string') return typeof one === typeof other ? 0.5 : 0;
    if (one.name !== other.name) return 0;
    const rules = stepInto(above, one.name);
    const parts = this.#parts(one, rules);
    const others = this.#parts(other, rules);
    let equal = 0;
    for (const part of parts) if (others.has(part)) equal++;
    return 0.5 + (0.5 * equal) / Math.max(parts.size, others.size, 1);
  }

  #parts(element: MarkupElement, rules: RulesHere): ReadonlySet<string> {
    const parts = new Set<string>();
    for (const [name, value] of element.attributes) parts.add(`${attributeStep(name)}=${value}`);
    for (const child of element.children) parts.add(String(this.idOf(child, rules)));
    return parts;
  }

  #textOf({ name, namespace, attributes, children }: MarkupElement, rules: RulesHere): string {
    if (isIgnored(rules)) return `<${name}`;
    const parts: string[] = [];
    for (const [attribute, value] of attributes) {
      const here = stepInto(rules, attributeStep(attribute));
      if (!isIgnored(here)) parts.push(JSON.stringify([attribute, isNear(here) ? '' : value]));
    }
    parts.sort();
    return JSON.stringify([name, namespace, ...parts, ...children.map((child) => this.idOf(child, rules))]);
  }

  #intern(text: string): number {
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const id = this.#ids.size;
    this.#ids.set(text, id);
    return id;
  }
}

function isNear(rules: RulesHere): boolean {
  return rules.length > 0 && (tolerancesOf(rules).length > 0 || idsRule(rules) !== undefined);
}
