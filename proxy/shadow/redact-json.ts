import { normalNumber } from './compare/json-number.ts';
import { JsonNumber, type JsonValue, RepeatedMember } from './compare/json-value.ts';
import { type Matches, stepInto } from './compare/place-tree.ts';
import type { Redactor } from './redact.ts';
import { isSecretName } from './redact-names.ts';
import { isPaymentCard } from './redact-numbers.ts';

/** Why everything from here down is hidden: its place was configured, or a name above is that of a secret. */
type Hidden = 'configured' | 'named' | undefined;

/**
 * The value with its secrets hidden, leaf by leaf, so that it keeps its shape and is compared field by
 * field. `places`: those to redact, for this value's place.
 */
export function redactJson(
  value: JsonValue,
  redactor: Redactor,
  places: Matches<'redact'>,
  above?: Hidden,
): JsonValue {
  const hidden = places.some(({ marks }) => marks.length > 0) ? 'configured' : above;
  if (typeof value === 'string') return hidden ? redactor.hide(value) : redactor.text(value);
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
  return typeof value === 'boolean' && hidden === 'configured' ? redactor.hide(String(value)) : value;
}

function redactObject(
  members: ReadonlyMap<string, JsonValue>,
  redactor: Redactor,
  places: Matches<'redact'>,
  hidden: Hidden,
): JsonValue {
  const redacted = new Map<string, JsonValue>();
  for (const [key, value] of members) {
    const inner = hidden ?? (isSecretName(key) ? 'named' : undefined);
    redacted.set(redactKey(key, redactor, hidden), redactJson(value, redactor, stepInto(places, key), inner));
  }
  return redacted;
}

/** A key that names a field; below a secret name any other key may be the secret: `sessions: { "f3a9…": … }`. */
const fieldName = /^[a-z_]{1,32}$/i;

function redactKey(key: string, redactor: Redactor, hidden: Hidden): string {
  return hidden && !fieldName.test(key) ? redactor.hide(key) : redactor.text(key);
}

/** A hidden number stays a number to the comparison. Card numbers are sent as numbers, too. */
function redactNumber(number: JsonNumber, redactor: Redactor, hidden: Hidden): JsonNumber {
  if (!hidden && !isPaymentCard(number.text)) return number;
  return new JsonNumber(redactor.hide(normalNumber(number.text)));
}
