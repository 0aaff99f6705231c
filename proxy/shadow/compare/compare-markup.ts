import type { DifferenceKind } from '../pair.ts';
import { type Alignment, align, alignById, maxAlignmentCells } from './align.ts';
import { apart } from './compare-text.ts';
import { ignoringRule, type RulesHere, unorderedRule } from './compiled-rules.ts';
import type { DifferenceList } from './differences.ts';
import { areSameIds } from './ids.ts';
import type { CompareLimits } from './limits.ts';
import type { MarkupElement, MarkupNode } from './markup.ts';
import { attributeStep, MarkupIds, textStep } from './markup-ids.ts';
import { token } from './place.ts';
import { stepInto } from './place-tree.ts';
import { isTolerated } from './tolerance.ts';
import { writeMarkup } from './write-markup.ts';

/** A step down, as patterns and rules have it; `sibling` tells it from others of its name in exact places. */
interface MarkupStep {
  readonly name: string;
  readonly sibling?: { readonly parent: MarkupElement; readonly index: number };
}

interface MarkupWalk {
  readonly differences: DifferenceList;
  readonly limits: CompareLimits;
  readonly steps: MarkupStep[];
  readonly ids: MarkupIds;
  readonly budget: { cells: number };
}

/** Nodes that only one side has are named one by one up to this many. */
const maxNamedNodes = 8;

/**
 * Compares two documents element by element. A place names elements by their names; of several siblings of
 * one name the place, not its pattern, says which: `body:/Envelope/Body/items/item[3]/price`.
 */
export function compareMarkup(
  monolith: MarkupElement,
  service: MarkupElement,
  rules: RulesHere,
  differences: DifferenceList,
  limits: CompareLimits,
): void {
  const walk = { differences, limits, steps: [], ids: new MarkupIds(), budget: { cells: maxAlignmentCells } };
  compareChildren(walk, monolith, service, rules);
}

function compareElements(
  walk: MarkupWalk,
  monolith: MarkupElement,
  service: MarkupElement,
  rules: RulesHere,
): void {
  if (walk.differences.full) return;
  const ignored = ignoringRule(rules);
  if (ignored !== undefined) {
    if (!ignored.mattered && walk.ids.idOf(monolith, []) !== walk.ids.idOf(service, []))
      ignored.mattered = true;
    return;
  }
  if (monolith.namespace !== service.namespace)
    reportAt(walk, '@xmlns', 'value', monolith.namespace, service.namespace, rules);
  compareAttributes(walk, monolith, service, rules);
  const texts = [onlyText(monolith), onlyText(service)] as const;
  if (texts[0] === undefined || texts[1] === undefined) compareChildren(walk, monolith, service, rules);
  else if (!isSameText(texts[0], texts[1], rules)) report(walk, 'value', ...apart(texts[0], texts[1]));
}

/** The text of an element that has no elements in it; undefined where it has some. */
function onlyText({ children }: MarkupElement): string | undefined {
  if (children.length === 0) return '';
  return children.length === 1 && typeof children[0] === 'string' ? children[0] : undefined;
}

function isSameText(monolith: string, service: string, rules: RulesHere): boolean {
  if (monolith === service) return true;
  return rules.length > 0 && (areSameIds(monolith, service, rules) || isTolerated(monolith, service, rules));
}

function compareAttributes(
  walk: MarkupWalk,
  { attributes: monolith }: MarkupElement,
  { attributes: service }: MarkupElement,
  rules: RulesHere,
): void {
  for (const name of new Set([...monolith.keys(), ...service.keys()])) {
    const [one, other] = [monolith.get(name), service.get(name)];
    if (one === other) continue;
    const kind = one === undefined ? 'extra' : other === undefined ? 'missing' : 'value';
    reportAt(walk, attributeStep(name), kind, one, other, rules);
  }
}

function compareChildren(
  walk: MarkupWalk,
  monolith: MarkupElement,
  service: MarkupElement,
  rules: RulesHere,
): void {
  const { pairs, moved, missing, extra } = alignChildren(walk, monolith, service, rules);
  const alone = { missing: [...missing], extra: [...extra] };
  for (const [one, other] of [...pairs, ...moved]) {
    const nodes = [monolith.children[one]!, service.children[other]!] as const;
    if (canBeOne(...nodes)) {
      // Where no rule holds, nodes of one id agree.
      if (rules.length === 0 && walk.ids.idOf(nodes[0], []) === walk.ids.idOf(nodes[1], [])) continue;
      const step = stepTo(monolith, one);
      walk.steps.push(step);
      compareNodes(walk, ...nodes, stepInto(rules, step.name));
      walk.steps.pop();
    } else {
      alone.missing.push(one);
      alone.extra.push(other);
    }
  }
  reportAlone(walk, 'missing', monolith, alone.missing, rules);
  reportAlone(walk, 'extra', service, alone.extra, rules);
  const [first] = moved;
  if (first === undefined) return;
  const others = moved.length > 1 ? ` and ${moved.length - 1} more elsewhere` : '';
  const at = (index: number, { children }: MarkupElement) =>
    `child ${index + 1}${others}: ${textOf(walk, children[index]!)}`;
  report(walk, 'order', at(first[0], monolith), at(first[1], service));
}

function alignChildren(
  walk: MarkupWalk,
  monolith: MarkupElement,
  service: MarkupElement,
  rules: RulesHere,
): Alignment {
  const { ids } = walk;
  const idsOf = ({ children }: MarkupElement) => children.map((child) => ids.idOf(child, rules));
  const unordered = unorderedRule(rules);
  if (unordered) {
    const { key } = unordered;
    const keysOf = ({ children }: MarkupElement) =>
      children.map((child) => ids.idOf(key === undefined ? child : (textBelow(child, key) ?? ''), []));
    const aligned = alignById(keysOf(monolith), keysOf(service));
    if (aligned.pairs.some(([one, other]) => one !== other)) unordered.of.mattered = true;
    return aligned;
  }
  return align(
    idsOf(monolith),
    idsOf(service),
    (one, other) => ids.similarity(monolith.children[one]!, service.children[other]!, rules),
    walk.budget,
  );
}

/** The text at a pointer of element names and `@attributes` below a node. */
function textBelow(node: MarkupNode, pointer: readonly string[]): string | undefined {
  let here: MarkupNode | undefined = node;
  for (const step of pointer) {
    if (here === undefined || typeof here === 'string') return undefined;
    if (step.startsWith('@')) return here.attributes.get(step.slice(1));
    here = here.children.find((child) => typeof child !== 'string' && child.name === step);
  }
  if (here === undefined || typeof here === 'string') return here;
  return here.children.filter((child) => typeof child === 'string').join('');
}

function canBeOne(one: MarkupNode, other: MarkupNode): boolean {
  if (typeof one === 'string' || typeof other === 'string') return typeof one === typeof other;
  return one.name === other.name;
}

function compareNodes(walk: MarkupWalk, monolith: MarkupNode, service: MarkupNode, rules: RulesHere): void {
  if (typeof monolith !== 'string' && typeof service !== 'string')
    compareElements(walk, monolith, service, rules);
  else if (
    typeof monolith === 'string' &&
    typeof service === 'string' &&
    !isSameText(monolith, service, rules)
  )
    report(walk, 'value', ...apart(monolith, service));
}

function reportAlone(
  walk: MarkupWalk,
  kind: 'missing' | 'extra',
  parent: MarkupElement,
  indexes: readonly number[],
  rules: RulesHere,
): void {
  const told = indexes.filter((index) => {
    const ignored = ignoringRule(stepInto(rules, stepTo(parent, index).name));
    if (ignored !== undefined) ignored.mattered = true;
    return ignored === undefined;
  });
  if (told.length > maxNamedNodes) {
    const note = `${parent.children.length} children, ${told.length} of them only here`;
    report(
      walk,
      'length',
      ...(kind === 'missing' ? ([note, undefined] as const) : ([undefined, note] as const)),
    );
    return;
  }
  for (const index of told) {
    const text = textOf(walk, parent.children[index]!);
    walk.steps.push(stepTo(parent, index));
    if (kind === 'missing') report(walk, kind, text, undefined);
    else report(walk, kind, undefined, text);
    walk.steps.pop();
  }
}

function stepTo(parent: MarkupElement, index: number): MarkupStep {
  const node = parent.children[index]!;
  return typeof node === 'string' ? { name: textStep } : { name: node.name, sibling: { parent, index } };
}

/** `price`, or `item[3]` where there are several of that name; counted from 1, as XPath does. */
function exactStep({ name, sibling }: MarkupStep): string {
  if (sibling === undefined) return name;
  let before = 0;
  let others = false;
  for (const [at, child] of sibling.parent.children.entries()) {
    if (at === sibling.index || typeof child === 'string' || child.name !== name) continue;
    others = true;
    if (at < sibling.index) before++;
  }
  return others ? `${name}[${before + 1}]` : name;
}

function reportAt(
  walk: MarkupWalk,
  step: string,
  kind: DifferenceKind,
  monolith: string | undefined,
  service: string | undefined,
  rules: RulesHere,
): void {
  const here = stepInto(rules, step);
  const ignored = ignoringRule(here);
  if (ignored !== undefined) {
    ignored.mattered = true;
    return;
  }
  if (monolith !== undefined && service !== undefined && isSameText(monolith, service, here)) return;
  walk.steps.push({ name: step });
  report(walk, kind, monolith, service);
  walk.steps.pop();
}

function report(walk: MarkupWalk, kind: DifferenceKind, monolith?: string, service?: string): void {
  const pathOf = (steps: readonly string[]) => `body:${steps.map((step) => `/${token(step)}`).join('')}`;
  walk.differences.add(
    pathOf(walk.steps.map(exactStep)),
    pathOf(walk.steps.map(({ name }) => name)),
    kind,
    monolith,
    service,
  );
}

function textOf(walk: MarkupWalk, node: MarkupNode): string {
  return writeMarkup(node, 'line', walk.limits.maxTextChars);
}
