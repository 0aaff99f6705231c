import { JsonNumber, type JsonValue, RepeatedMember } from '../compare/json-value.ts';
import { bodyPattern, type Step } from '../compare/place.ts';
import { createTries, type Fault } from './fault.ts';

type JsonFault = Pick<Fault, 'kind' | 'place'> & { readonly value: JsonValue };

/** A name that no answer has. */
const freshName = 'ficus-check-extra';

/** Every sort of fault at every place of a value: what it would be with that fault. */
export function* jsonFaults(root: JsonValue): Generator<JsonFault> {
  const isToTry = createTries();
  for (const { steps, value } of placesIn(root, [])) {
    const place = bodyPattern(steps);
    const at = (kind: Fault['kind'], change: (value: JsonValue) => JsonValue | undefined): JsonFault[] => {
      if (!isToTry(kind, place)) return [];
      const changed = changedAt(root, steps, change);
      return changed === undefined ? [] : [{ kind, place, value: changed }];
    };
    if (steps.length > 0) yield* at('missing', () => undefined);
    if (!(value instanceof RepeatedMember)) yield* at('type', otherType);
    if (value instanceof Map) {
      const extra = [...steps, freshName];
      if (isToTry('extra', bodyPattern(extra))) {
        const changed = changedAt(root, steps, () => new Map(value).set(freshName, 'extra'));
        if (changed !== undefined) yield { kind: 'extra', place: bodyPattern(extra), value: changed };
      }
    } else if (Array.isArray(value)) {
      const elements = value as readonly JsonValue[];
      yield* at('extra', () => [...elements, freshElement(elements.at(-1))]);
      const [first, second] = elements;
      if (second !== undefined && !isEqual(first, second)) yield* at('order', () => reversed(elements));
    } else yield* at('value', otherValue);
  }
}

function* placesIn(
  value: JsonValue,
  steps: readonly Step[],
): Generator<{ steps: readonly Step[]; value: JsonValue }> {
  yield { steps, value };
  if (value instanceof Map) {
    for (const [key, member] of value as ReadonlyMap<string, JsonValue>)
      yield* placesIn(member, [...steps, key]);
  } else if (Array.isArray(value)) {
    // Elements past the first few have no place of their own in any pattern.
    for (const [index, element] of (value as readonly JsonValue[]).slice(0, 5).entries())
      yield* placesIn(element, [...steps, index]);
  }
}

/** A copy in which the value at `steps` is another one, or none. */
function changedAt(
  root: JsonValue,
  steps: readonly Step[],
  change: (value: JsonValue) => JsonValue | undefined,
): JsonValue | undefined {
  const [step, ...rest] = steps;
  if (step === undefined) return change(root);
  if (root instanceof Map) {
    const members = new Map(root as ReadonlyMap<string, JsonValue>);
    const changed = changedAt(members.get(String(step))!, rest, change);
    if (changed === undefined && rest.length === 0) members.delete(String(step));
    else if (changed !== undefined) members.set(String(step), changed);
    return members;
  }
  const elements = [...(root as readonly JsonValue[])];
  const changed = changedAt(elements[Number(step)]!, rest, change);
  if (changed === undefined) elements.splice(Number(step), 1);
  else elements[Number(step)] = changed;
  return elements;
}

function otherType(value: JsonValue): JsonValue {
  return value instanceof Map || Array.isArray(value) ? 'ficus-check' : new Map([['ficus-check', value]]);
}

function otherValue(value: JsonValue): JsonValue {
  if (typeof value === 'boolean') return !value;
  if (value instanceof JsonNumber) return new JsonNumber(value.text === '918273645' ? '1' : '918273645');
  return value === null ? 'ficus-check' : 'ficus-check: another text';
}

/** Like the others, so that nothing but its being there is the fault; and still not equal to one of them. */
function freshElement(like: JsonValue | undefined): JsonValue {
  if (like instanceof Map) {
    const members = [...(like as ReadonlyMap<string, JsonValue>)];
    return new Map(
      members.map(([key, value]) => {
        const isContainer = value instanceof Map || Array.isArray(value) || value instanceof RepeatedMember;
        return [key, isContainer ? value : otherValue(value)] as const;
      }),
    );
  }
  return like === undefined ? 'ficus-check' : otherValue(like);
}

function reversed(elements: readonly JsonValue[]): JsonValue {
  return [elements[1]!, elements[0]!, ...elements.slice(2)];
}

function isEqual(one: JsonValue | undefined, other: JsonValue): boolean {
  const text = (value: unknown): string =>
    JSON.stringify(value, (_key, each) => (each instanceof Map ? [...each] : each));
  return text(one) === text(other);
}
