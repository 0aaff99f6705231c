import { normalNumber } from './compare/json-number.ts';
import { JsonNumber, type JsonValue, RepeatedMember } from './compare/json-value.ts';
import { stepInto } from './compare/place-tree.ts';
import { hideWhole, type RedactedPlaces, type Redactor, ruleHere } from './redact.ts';
import { isSecretName } from './redact-names.ts';
import { isPaymentCard } from './redact-numbers.ts';

/** Why everything from here down is hidden: a rule says so, or a name above is that of a secret, or both. */
interface Hidden {
  readonly rule: ReturnType<typeof ruleHere>;
  readonly isNamed: boolean;
}

/**
 * The value with its secrets hidden, leaf by leaf, so that it keeps its shape and is compared field by
 * field. `places`: those to redact, for this value's place.
 */
export function redactJson(
  value: JsonValue,
  redactor: Redactor,
  places: RedactedPlaces,
  above?: Hidden,
): JsonValue {
  const rule = ruleHere(places);
  const hidden = rule === undefined ? above : { rule, isNamed: above?.isNamed ?? false };
  if (typeof value === 'string') return hidden ? hideLeaf(value, redactor, hidden) : redactor.text(value);
  if (value instanceof JsonNumber) return redactNumber(value, redactor, hidden);
  if (value instanceof Map) return redactObject(value, redactor, places, hidden);
  if (Array.isArray(value)) {
    return value.map((element: JsonValue, index) =>
      redactJson(element, redactor, stepInto(places, index), hidden),
    );
  }
  if (value instanceof RepeatedMember) {
    return new RepeatedMember(value.values.map((each) => redactJson(each, redactor, places, hidden)));
  }
  // `hasPassword: true` gives nothing away; a place that was configured is hidden all the same. null is no secret.
  const isHidden = typeof value === 'boolean' && hidden?.rule !== undefined;
  return isHidden ? hideLeaf(String(value), redactor, hidden) : value;
}

function hideLeaf(value: string, redactor: Redactor, { rule, isNamed }: Hidden, written?: string): string {
  return hideWhole(redactor, value, rule, isNamed, written);
}

function redactObject(
  members: ReadonlyMap<string, JsonValue>,
  redactor: Redactor,
  places: RedactedPlaces,
  hidden: Hidden | undefined,
): JsonValue {
  const redacted = new Map<string, JsonValue>();
  for (const [key, value] of members) {
    const inner = isSecretName(key) ? { rule: hidden?.rule, isNamed: true } : hidden;
    redacted.set(redactKey(key, redactor, hidden), redactJson(value, redactor, stepInto(places, key), inner));
  }
  return redacted;
}

/** A key that names a field; below a secret name any other key may be the secret: `sessions: { "f3a9…": … }`. */
const fieldName = /^[a-z_]{1,32}$/i;

function redactKey(key: string, redactor: Redactor, hidden: Hidden | undefined): string {
  return hidden && !fieldName.test(key) ? redactor.hide(key) : redactor.text(key);
}

/** A hidden number stays a number to the comparison. Card numbers are sent as numbers, too. */
function redactNumber(number: JsonNumber, redactor: Redactor, hidden: Hidden | undefined): JsonNumber {
  if (!hidden && !isPaymentCard(number.text)) return number;
  const text = normalNumber(number.text);
  return new JsonNumber(hidden ? hideLeaf(text, redactor, hidden, number.text) : redactor.hide(text));
}
