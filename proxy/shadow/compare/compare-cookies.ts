import { isIgnored, type RulesHere } from './compiled-rules.ts';
import type { DifferenceList, SideText } from './differences.ts';
import { token } from './place.ts';
import { stepInto } from './place-tree.ts';

/**
 * Compares Set-Cookie lines by cookie name: `header:set-cookie/sid` for a cookie that one side does not set,
 * `header:set-cookie/sid/value` and `header:set-cookie/sid/path` for what differs in it. A name set several
 * times is compared in the order it comes. `rules` are those for `header:set-cookie`.
 */
export function compareCookies(
  monolith: readonly string[],
  service: readonly string[],
  rules: RulesHere,
  differences: DifferenceList,
): void {
  const sides = { monolith: byName(monolith), service: byName(service) };
  for (const name of new Set([...sides.monolith.keys(), ...sides.service.keys()])) {
    const rulesHere = stepInto(rules, name);
    if (isIgnored(rulesHere)) continue;
    const [ours, theirs] = [sides.monolith.get(name) ?? [], sides.service.get(name) ?? []];
    const place = `header:set-cookie/${token(name)}`;
    for (let index = 0; index < Math.max(ours.length, theirs.length); index++) {
      const [one, other] = [ours[index], theirs[index]];
      if (one && other) compareCookie(place, one, other, rulesHere, differences);
      else differences.add(place, place, one ? 'missing' : 'extra', one?.line, other?.line);
    }
  }
}

interface Cookie {
  readonly line: string;
  /** `value` and the attributes by lower-case name; an attribute without a value is empty. */
  readonly parts: ReadonlyMap<string, string>;
}

function byName(lines: readonly string[]): ReadonlyMap<string, readonly Cookie[]> {
  const cookies = new Map<string, Cookie[]>();
  for (const line of lines) {
    const [pair = '', ...attributes] = line.split(';');
    const [name, value] = nameAndValue(pair);
    const parts = new Map([['value', value]]);
    for (const attribute of attributes) {
      const [attributeName, attributeValue] = nameAndValue(attribute);
      if (attributeName !== '') parts.set(attributeName.toLowerCase(), attributeValue);
    }
    const known = cookies.get(name);
    if (known) known.push({ line, parts });
    else cookies.set(name, [{ line, parts }]);
  }
  return cookies;
}

function nameAndValue(text: string): [name: string, value: string] {
  const equals = text.indexOf('=');
  if (equals < 0) return [text.trim(), ''];
  return [text.slice(0, equals).trim(), text.slice(equals + 1).trim()];
}

function compareCookie(
  place: string,
  monolith: Cookie,
  service: Cookie,
  rules: RulesHere,
  differences: DifferenceList,
): void {
  for (const part of new Set([...monolith.parts.keys(), ...service.parts.keys()])) {
    const [one, other] = [monolith.parts.get(part), service.parts.get(part)];
    if (isSamePart(part, one, other) || isIgnored(stepInto(rules, part))) continue;
    const partPlace = `${place}/${token(part)}`;
    const kind = one === undefined ? 'extra' : other === undefined ? 'missing' : 'value';
    differences.add(partPlace, partPlace, kind, one, other);
  }
}

/** Two sides that let a cookie live as long count from moments that are this far apart at most. */
const expiryToleranceMs = 60_000;

function isSamePart(part: string, one: SideText, other: SideText): boolean {
  if (one === other) return true;
  if (one === undefined || other === undefined) return false;
  if (part === 'samesite') return one.toLowerCase() === other.toLowerCase();
  if (part !== 'expires') return false;
  return Math.abs(Date.parse(one) - Date.parse(other)) <= expiryToleranceMs;
}
