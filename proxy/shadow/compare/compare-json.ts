import type { DifferenceKind } from '../pair.ts';
import { type Alignment, maxAlignmentCells } from './align.ts';
import { alignElements, type ElementAlignment } from './align-elements.ts';
import { type RulesHere, unorderedRule } from './compiled-rules.ts';
import type { DifferenceList } from './differences.ts';
import { areSameIds } from './ids.ts';
import { JsonIds } from './json-ids.ts';
import {
  type JsonArray,
  JsonNumber,
  type JsonObject,
  type JsonValue,
  kindOf,
  RepeatedMember,
} from './json-value.ts';
import type { CompareLimits } from './limits.ts';
import { bodyPattern, bodyPlace, type Step } from './place.ts';
import { stepInto } from './place-tree.ts';
import { isOneSidedPassedOver, isPassedOver, isSameNumber } from './same-json.ts';
import { isTolerated } from './tolerance.ts';
import { writeJson } from './write-json.ts';

/** One comparison of two JSON bodies as it goes on. */
export interface JsonWalk {
  readonly differences: DifferenceList;
  readonly limits: CompareLimits;
  /** From the root to the present place. */
  readonly steps: Step[];
  readonly alignment: ElementAlignment;
}

/** Elements that only one side has are named one by one up to this many; of more, only their number is told. */
const maxNamedElements = 8;

/** Adds every place where the two values disagree to `differences`. `rules` are those for `body:`. */
export function compareJson(
  monolith: JsonValue,
  service: JsonValue,
  rules: RulesHere,
  differences: DifferenceList,
  limits: CompareLimits,
): void {
  compareValues(jsonWalk(differences, limits), monolith, service, rules);
}

export function jsonWalk(differences: DifferenceList, limits: CompareLimits): JsonWalk {
  let ids: JsonIds | undefined;
  const alignment = {
    cells: maxAlignmentCells,
    get ids() {
      ids ??= new JsonIds();
      return ids;
    },
  };
  return { differences, limits, steps: [], alignment };
}

export function compareValues(
  walk: JsonWalk,
  monolith: JsonValue,
  service: JsonValue,
  rules: RulesHere,
): void {
  if (walk.differences.full) return;
  if (rules.length > 0 && isPassedOver(monolith, service, rules)) return;
  const kinds = [kindOf(monolith), kindOf(service)];
  if (kinds[0] !== kinds[1]) {
    report(walk, kinds.includes('repeated') ? 'length' : 'type', monolith, service);
  } else if (monolith instanceof JsonNumber) {
    const other = service as JsonNumber;
    if (areSameIds(monolith.text, other.text, rules) || isSameNumber(monolith, other, rules)) return;
    report(walk, 'value', monolith, service);
  } else if (monolith instanceof RepeatedMember) {
    compareRepeated(walk, monolith, service as RepeatedMember, rules);
  } else if (monolith instanceof Map) {
    compareObjects(walk, monolith, service as JsonObject, rules);
  } else if (kinds[0] === 'array') {
    compareArrays(walk, monolith as JsonArray, service as JsonArray, rules);
  } else if (monolith !== service) {
    if (kinds[0] === 'string' && isSameText(monolith as string, service as string, rules)) return;
    report(walk, 'value', monolith, service);
  }
}

function isSameText(monolith: string, service: string, rules: RulesHere): boolean {
  if (rules.length === 0) return false;
  return areSameIds(monolith, service, rules) || isTolerated(monolith, service, rules);
}

/** Compares what is one step down: an element by its index on the monolith's side, a member by its key. */
export function compareBelow(
  walk: JsonWalk,
  step: Step,
  monolith: JsonValue,
  service: JsonValue,
  rules: RulesHere,
): void {
  walk.steps.push(step);
  compareValues(walk, monolith, service, stepInto(rules, step));
  walk.steps.pop();
}

/** Reports what only one side has one step down. */
function reportOneSided(
  walk: JsonWalk,
  step: Step,
  kind: 'missing' | 'extra',
  value: JsonValue,
  rules: RulesHere,
): void {
  if (rules.length > 0 && isOneSidedPassedOver(stepInto(rules, step))) return;
  walk.steps.push(step);
  if (kind === 'missing') report(walk, kind, value, undefined);
  else report(walk, kind, undefined, value);
  walk.steps.pop();
}

/** Adds a difference at the walk's place; a side's text is given, or the value is written as JSON. */
export function report(
  walk: JsonWalk,
  kind: DifferenceKind,
  monolith: JsonValue | undefined,
  service: JsonValue | undefined,
): void {
  reportTexts(walk, kind, textOf(walk, monolith), textOf(walk, service));
}

function reportTexts(walk: JsonWalk, kind: DifferenceKind, monolith?: string, service?: string): void {
  walk.differences.add(bodyPlace(walk.steps), bodyPattern(walk.steps), kind, monolith, service);
}

function textOf(walk: JsonWalk, value: JsonValue): string;
function textOf(walk: JsonWalk, value: JsonValue | undefined): string | undefined;
function textOf(walk: JsonWalk, value: JsonValue | undefined): string | undefined {
  return value === undefined ? undefined : writeJson(value, 'line', walk.limits.maxTextChars);
}

function compareObjects(walk: JsonWalk, monolith: JsonObject, service: JsonObject, rules: RulesHere): void {
  for (const [key, value] of monolith) {
    const other = service.get(key);
    if (other === undefined) reportOneSided(walk, key, 'missing', value, rules);
    else compareBelow(walk, key, value, other, rules);
  }
  for (const [key, value] of service) {
    if (!monolith.has(key)) reportOneSided(walk, key, 'extra', value, rules);
  }
}

/** Elements that belong together are compared with each other; then what is without a partner, then the order. */
function compareArrays(walk: JsonWalk, monolith: JsonArray, service: JsonArray, rules: RulesHere): void {
  const alignment = alignElements(monolith, service, rules, walk.alignment);
  const unordered = unorderedRule(rules);
  if (unordered && alignment.pairs.some(([one, other]) => one !== other)) unordered.of.mattered = true;
  compareAligned(walk, monolith, service, alignment, rules);
}

/** The elements may be those of arrays of which only some are read: of such, the others are not asked for. */
export function compareAligned(
  walk: JsonWalk,
  monolith: { readonly [index: number]: JsonValue; readonly length: number },
  service: { readonly [index: number]: JsonValue; readonly length: number },
  { pairs, moved, missing, extra }: Alignment,
  rules: RulesHere,
): void {
  for (const [one, other] of pairs) {
    compareBelow(walk, one, monolith[one] as JsonValue, service[other] as JsonValue, rules);
  }
  for (const [one, other] of moved) {
    compareBelow(walk, one, monolith[one] as JsonValue, service[other] as JsonValue, rules);
  }
  if (missing.length > maxNamedElements || extra.length > maxNamedElements) {
    const only = (length: number, alone: number) => `${length} elements, ${alone} of them only here`;
    reportTexts(walk, 'length', only(monolith.length, missing.length), only(service.length, extra.length));
  } else {
    for (const index of missing) reportOneSided(walk, index, 'missing', monolith[index] as JsonValue, rules);
    for (const index of extra) reportOneSided(walk, index, 'extra', service[index] as JsonValue, rules);
  }
  const [first] = moved;
  if (first === undefined) return;
  const others = moved.length > 1 ? ` and ${moved.length - 1} more elsewhere` : '';
  const at = (index: number, element: JsonValue) => `index ${index}${others}: ${textOf(walk, element)}`;
  const [one, other] = first;
  reportTexts(walk, 'order', at(one, monolith[one] as JsonValue), at(other, service[other] as JsonValue));
}

/** A key that both sides give several times: as many times, with the same values in the same order. */
function compareRepeated(
  walk: JsonWalk,
  monolith: RepeatedMember,
  service: RepeatedMember,
  rules: RulesHere,
): void {
  if (monolith.values.length !== service.values.length) {
    report(walk, 'length', monolith, service);
    return;
  }
  for (const [index, value] of monolith.values.entries()) {
    compareValues(walk, value, service.values[index] as JsonValue, rules);
  }
}
