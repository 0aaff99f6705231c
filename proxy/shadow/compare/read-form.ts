import type { JsonObject, JsonValue } from './json-value.ts';

/** `name=value&…` as an object; a name that is given several times has an array of its values, in their order. */
export function readForm(text: string, maxFields: number): JsonObject | undefined {
  const fields = text.split('&').filter((field) => field !== '');
  if (fields.length > maxFields) return undefined;
  const values = new Map<string, JsonValue[]>();
  for (const field of fields) {
    const equals = field.indexOf('=');
    const name = decode(equals < 0 ? field : field.slice(0, equals));
    const value = equals < 0 ? '' : decode(field.slice(equals + 1));
    const known = values.get(name);
    if (known) known.push(value);
    else values.set(name, [value]);
  }
  return new Map([...values].map(([name, all]) => [name, all.length === 1 ? all[0]! : all]));
}

function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

/** The same for people: decoded, one field a line. */
export function writeForm(form: JsonObject, maxChars: number): string {
  let text = '';
  for (const [name, value] of form) {
    for (const each of Array.isArray(value) ? value : [value]) text += `${name}=${String(each)}\n`;
    if (text.length > maxChars) break;
  }
  return text.trimEnd();
}

/** The same as it is sent; what a redaction is made of stays readable. */
export function encodeForm(form: JsonObject): string {
  const encode = (text: string) =>
    text.replace(/[^\w.~*‹›:-]+/g, (part) => encodeURIComponent(part.toWellFormed()).replaceAll('%20', '+'));
  return [...form]
    .flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map((each) => [name, String(each)] as const),
    )
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&');
}
