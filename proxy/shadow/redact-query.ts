import { stepInto } from './compare/place-tree.ts';
import { hideWhole, type RedactedPlaces, type Redactor, ruleHere } from './redact.ts';
import { isSecretName } from './redact-names.ts';

/** A request target: its path through the detectors, its query by name. */
export function redactTarget(target: string, redactor: Redactor): string {
  const question = target.indexOf('?');
  if (question < 0) return redactor.text(target);
  const query = redactNamedValues(target.slice(question + 1), redactor, []);
  return `${redactor.text(target.slice(0, question))}?${query}`;
}

/** `name=value&…`, of a query or a form. `places`: those to redact, from the root of the form's body. */
export function redactNamedValues(text: string, redactor: Redactor, places: RedactedPlaces): string {
  return text
    .split('&')
    .map((pair) => redactNamedValue(pair, redactor, places))
    .join('&');
}

function redactNamedValue(pair: string, redactor: Redactor, places: RedactedPlaces): string {
  const equals = pair.indexOf('=');
  if (equals < 0) return redactDecoded(pair, redactor.text);
  const rawName = pair.slice(0, equals);
  const name = decode(rawName);
  const rule = ruleHere(stepInto(places, name));
  const hide = (value: string) =>
    rule === undefined ? redactor.named(name, value) : hideWhole(redactor, value, rule, isSecretName(name));
  return `${redactDecoded(rawName, redactor.text)}=${redactDecoded(pair.slice(equals + 1), hide)}`;
}

/** Detectors see the decoded text; what they leave alone stays as it was sent. */
function redactDecoded(raw: string, redact: (text: string) => string): string {
  const decoded = decode(raw);
  const redacted = redact(decoded);
  return redacted === decoded ? raw : redacted;
}

function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}
