import { stepInto } from './compare/place-tree.ts';
import { hideWhole, type RedactedPlaces, type Redactor, ruleHere } from './redact.ts';
import { isSecretName } from './redact-names.ts';

/** Whole values, whatever they look like, besides those whose names say that they are secret. */
const secretHeaders: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'proxy-authenticate',
  'www-authenticate',
  'x-api-key',
  'ficus-force',
]);

/** A flat list of headers, redacted. `places`: those to redact, for `header:`. */
export function redactHeaders(flat: readonly string[], redactor: Redactor, places: RedactedPlaces): string[] {
  const redacted: string[] = [];
  for (let index = 0; index + 1 < flat.length; index += 2) {
    const name = flat[index] as string;
    redacted.push(name, redactHeader(name.toLowerCase(), flat[index + 1] as string, redactor, places));
  }
  return redacted;
}

function redactHeader(name: string, value: string, redactor: Redactor, places: RedactedPlaces): string {
  const rule = ruleHere(stepInto(places, name));
  const isSecret = secretHeaders.has(name);
  if (isSecret || rule !== undefined) return hideWhole(redactor, value, rule, isSecret || isSecretName(name));
  if (name === 'cookie')
    return value
      .split(';')
      .map((pair) => redactCookie(pair, redactor))
      .join(';');
  if (name !== 'set-cookie') return redactor.named(name, value);
  const [cookie = '', ...attributes] = value.split(';');
  return [redactCookie(cookie, redactor), ...attributes.map(redactor.text)].join(';');
}

/** Cookies keep their names: they say which one differs. What has no name is hidden whole. */
function redactCookie(pair: string, redactor: Redactor): string {
  const equals = pair.indexOf('=');
  if (equals < 0) return redactor.hide(pair.trim());
  return `${redactor.text(pair.slice(0, equals))}=${redactor.hide(pair.slice(equals + 1).trim())}`;
}
