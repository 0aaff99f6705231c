import { type Alignment, type AlignmentBudget, align, alignById, type IndexPair } from './align.ts';
import { type RulesHere, unorderedRule } from './compiled-rules.ts';
import type { JsonIds } from './json-ids.ts';
import type { JsonArray, JsonValue } from './json-value.ts';
import { stepInto } from './place-tree.ts';
import { isSameJson } from './same-json.ts';

/** What all alignments of one pair share. */
export interface ElementAlignment extends AlignmentBudget {
  readonly ids: JsonIds;
}

/** Which elements of two arrays belong together under the rules; pairs that evidently agree are left out. */
export function alignElements(
  monolith: JsonArray,
  service: JsonArray,
  rules: RulesHere,
  budget: ElementAlignment,
): Alignment {
  const unordered = unorderedRule(rules);
  if (unordered) return alignUnordered(monolith, service, unordered.key, rules, budget);
  return alignOpen(openElements(monolith, service, rules), rules, budget);
}

/** Of elements that are some of two arrays, in their order; the result names them by their indexes there. */
export function alignOpen(open: Elements, rules: RulesHere, budget: ElementAlignment): Alignment {
  const inner = alignOrdered(open, rules, budget);
  const one = (index: number) => (open.monolith[index] as Element).index;
  const other = (index: number) => (open.service[index] as Element).index;
  const both = (pair: IndexPair): IndexPair => [one(pair[0]), other(pair[1])];
  return {
    pairs: inner.pairs.map(both),
    moved: inner.moved.map(both),
    missing: inner.missing.map(one),
    extra: inner.extra.map(other),
  };
}

export interface Element {
  readonly index: number;
  readonly value: JsonValue;
}

export interface Elements {
  readonly monolith: readonly Element[];
  readonly service: readonly Element[];
}

const withIndex = (value: JsonValue, index: number): Element => ({ index, value });

/**
 * The elements that are left once those are set aside that evidently agree: at the start, at the end, and in
 * arrays of one length those at the same index.
 */
function openElements(monolith: JsonArray, service: JsonArray, rules: RulesHere): Elements {
  const shorter = Math.min(monolith.length, service.length);
  const same = (one: number, other: number) =>
    isSameJson(monolith[one] as JsonValue, service[other] as JsonValue, stepInto(rules, one));
  let start = 0;
  while (start < shorter && same(start, start)) start++;
  let end = 0;
  while (end < shorter - start && same(monolith.length - 1 - end, service.length - 1 - end)) end++;
  const inner = {
    monolith: monolith.map(withIndex).slice(start, monolith.length - end),
    service: service.map(withIndex).slice(start, service.length - end),
  };
  if (monolith.length !== service.length || inner.monolith.length <= 2) return inner;
  const open = new Set(inner.monolith.map(({ index }) => index).filter((index) => !same(index, index)));
  const isOpen = ({ index }: Element) => open.has(index);
  return { monolith: inner.monolith.filter(isOpen), service: inner.service.filter(isOpen) };
}

function alignOrdered(elements: Elements, rules: RulesHere, budget: ElementAlignment): Alignment {
  const { monolith, service } = elements;
  // One element that changed is the common case, and needs no ids.
  if (monolith.length === 1 && service.length === 1) {
    return { pairs: [[0, 0]], moved: [], missing: [], extra: [] };
  }
  const { monolithIds, serviceIds, similarity } = identified(elements, rules, budget.ids);
  return align(monolithIds, serviceIds, similarity, budget);
}

/**
 * Any order: elements of the same key belong together, in the order they come when several have it. Without
 * a key, equal elements do; of the others, the most similar ones as far as the budget goes.
 */
function alignUnordered(
  monolith: JsonArray,
  service: JsonArray,
  key: readonly string[] | undefined,
  rules: RulesHere,
  budget: ElementAlignment,
): Alignment {
  const { monolithIds, serviceIds, similarity } = identified(
    { monolith: monolith.map(withIndex), service: service.map(withIndex) },
    rules,
    budget.ids,
  );
  if (key !== undefined) {
    const keyIds = (elements: JsonArray) =>
      elements.map((element) => budget.ids.idOf(memberAt(element, key), []));
    return alignById(keyIds(monolith), keyIds(service));
  }
  const equal = alignById(monolithIds, serviceIds);
  const pairs = [...equal.pairs];
  const free = new Set(equal.extra);
  const missing: number[] = [];
  for (const one of equal.missing) {
    const other = mostSimilar(one, free, similarity, budget);
    if (other === undefined) {
      missing.push(one);
      continue;
    }
    free.delete(other);
    pairs.push([one, other]);
  }
  return { pairs, moved: [], missing, extra: [...free] };
}

function mostSimilar(
  one: number,
  others: ReadonlySet<number>,
  similarity: (monolithIndex: number, serviceIndex: number) => number,
  budget: AlignmentBudget,
): number | undefined {
  let best: number | undefined;
  let most = -1;
  for (const other of others) {
    if (best !== undefined && budget.cells <= 0) break;
    budget.cells--;
    const similar = similarity(one, other);
    if (similar > most) {
      most = similar;
      best = other;
    }
  }
  return best;
}

function identified({ monolith, service }: Elements, rules: RulesHere, ids: JsonIds) {
  const idsOf = (elements: readonly Element[]) =>
    elements.map(({ value, index }) => ids.idOf(value, stepInto(rules, index)));
  const membersOf = (elements: readonly Element[]) => {
    const known = new Map<number, ReadonlyMap<string, number> | undefined>();
    return (at: number) => {
      const { value, index } = elements[at] as Element;
      if (!known.has(at)) known.set(at, ids.memberIds(value, stepInto(rules, index)));
      return known.get(at);
    };
  };
  const [monolithMembers, serviceMembers] = [membersOf(monolith), membersOf(service)];
  return {
    monolithIds: idsOf(monolith),
    serviceIds: idsOf(service),
    /** 0 to 1: how many of the members two objects have in common; 0 for anything else. */
    similarity(one: number, other: number): number {
      const [members, otherMembers] = [monolithMembers(one), serviceMembers(other)];
      if (members === undefined || otherMembers === undefined) return 0;
      let equal = 0;
      for (const [key, id] of members) if (otherMembers.get(key) === id) equal++;
      return equal / Math.max(members.size, otherMembers.size, 1);
    },
  };
}

/** What a JSON pointer finds in an element; null where it finds nothing. */
function memberAt(element: JsonValue, pointer: readonly string[]): JsonValue {
  let value: JsonValue = element;
  for (const token of pointer) {
    const below: JsonValue | undefined = value instanceof Map ? value.get(token) : undefined;
    if (below === undefined) return null;
    value = below;
  }
  return value;
}
