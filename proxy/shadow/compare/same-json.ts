import { ignoringRule, type RulesHere } from './compiled-rules.ts';
import { normalNumber } from './json-number.ts';
import { JsonNumber, type JsonValue, RepeatedMember } from './json-value.ts';
import { stepInto } from './place-tree.ts';
import { isTolerated } from './tolerance.ts';

/**
 * Whether two values evidently agree under the rules. False may be wrong for arrays of any order, which are
 * not sorted here, and for ids; true never is.
 */
export function isSameJson(monolith: JsonValue, service: JsonValue, rules: RulesHere): boolean {
  if (monolith === service) return true;
  if (rules.length > 0 && isPassedOver(monolith, service, rules)) return true;
  if (monolith instanceof JsonNumber)
    return service instanceof JsonNumber && isSameNumber(monolith, service, rules);
  if (monolith instanceof Map) return service instanceof Map && isSameObject(monolith, service, rules);
  if (Array.isArray(monolith)) {
    return Array.isArray(service) && isSameArray(monolith, service, rules);
  }
  if (monolith instanceof RepeatedMember) {
    return service instanceof RepeatedMember && isSameRepeated(monolith, service, rules);
  }
  if (rules.length === 0 || typeof monolith !== 'string' || typeof service !== 'string') return false;
  return isTolerated(monolith, service, rules);
}

/** Whether the place is ignored; that the rule matters is taken down where the two differ. */
export function isPassedOver(monolith: JsonValue, service: JsonValue, rules: RulesHere): boolean {
  const ignored = ignoringRule(rules);
  if (ignored === undefined) return false;
  if (!ignored.mattered && !isSameJson(monolith, service, [])) ignored.mattered = true;
  return true;
}

export function isSameNumber(monolith: JsonNumber, service: JsonNumber, rules: RulesHere): boolean {
  if (monolith.text === service.text) return true;
  if (normalNumber(monolith.text) === normalNumber(service.text)) return true;
  return rules.length > 0 && isTolerated(monolith.text, service.text, rules);
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
    if (other === undefined ? !isOneSidedPassedOver(below) : !isSameJson(value, other, below)) return false;
  }
  if (rules.length === 0) return true;
  for (const key of service.keys()) {
    if (!monolith.has(key) && !isOneSidedPassedOver(stepInto(rules, key))) return false;
  }
  return true;
}

/** Whether the rules let only one side have something here. */
export function isOneSidedPassedOver(rules: RulesHere): boolean {
  const ignored = ignoringRule(rules);
  if (ignored === undefined) return false;
  ignored.mattered = true;
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
