import { isIgnored, type RulesHere, toleranceOf } from './compiled-rules.ts';
import { isWithin, normalNumber } from './json-number.ts';
import { JsonNumber, type JsonValue, RepeatedMember } from './json-value.ts';
import { stepInto } from './place-tree.ts';

/**
 * Whether two values evidently agree under the rules. False may be wrong for arrays of any order, which are
 * not sorted here; true never is.
 */
export function isSameJson(monolith: JsonValue, service: JsonValue, rules: RulesHere): boolean {
  if (monolith === service || (rules.length > 0 && isIgnored(rules))) return true;
  if (monolith instanceof JsonNumber)
    return service instanceof JsonNumber && isSameNumber(monolith, service, rules);
  if (monolith instanceof Map) return service instanceof Map && isSameObject(monolith, service, rules);
  if (Array.isArray(monolith)) {
    return Array.isArray(service) && isSameArray(monolith, service, rules);
  }
  if (monolith instanceof RepeatedMember) {
    return service instanceof RepeatedMember && isSameRepeated(monolith, service, rules);
  }
  return false;
}

export function isSameNumber(monolith: JsonNumber, service: JsonNumber, rules: RulesHere): boolean {
  if (monolith.text === service.text) return true;
  if (normalNumber(monolith.text) === normalNumber(service.text)) return true;
  const within = toleranceOf(rules);
  return within !== undefined && isWithin(monolith.text, service.text, within);
}

function isSameObject(
  monolith: ReadonlyMap<string, JsonValue>,
  service: ReadonlyMap<string, JsonValue>,
  rules: RulesHere,
): boolean {
  if (rules.length === 0 && monolith.size !== service.size) return false;
  for (const [key, value] of monolith) {
    const other = service.get(key);
    const below = stepInto(rules, key);
    if (other === undefined ? !isIgnored(below) : !isSameJson(value, other, below)) return false;
  }
  for (const key of service.keys()) {
    if (!monolith.has(key) && !isIgnored(stepInto(rules, key))) return false;
  }
  return true;
}

function isSameArray(
  monolith: readonly JsonValue[],
  service: readonly JsonValue[],
  rules: RulesHere,
): boolean {
  if (monolith.length !== service.length) return false;
  for (let index = 0; index < monolith.length; index++) {
    if (!isSameJson(monolith[index] as JsonValue, service[index] as JsonValue, stepInto(rules, index)))
      return false;
  }
  return true;
}

function isSameRepeated(monolith: RepeatedMember, service: RepeatedMember, rules: RulesHere): boolean {
  if (monolith.values.length !== service.values.length) return false;
  return monolith.values.every((value, index) =>
    isSameJson(value, service.values[index] as JsonValue, rules),
  );
}
