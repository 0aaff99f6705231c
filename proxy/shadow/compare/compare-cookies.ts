import { ignoringRule, type RulesHere } from './compiled-rules.ts';
import type { DifferenceList, SideText } from './differences.ts';
import { areSameExpiries } from './header-values.ts';
import type { UpstreamPlaces } from './own-places.ts';
import { token } from './place.ts';
import { stepInto } from './place-tree.ts';
import { isOneSidedPassedOver } from './same-json.ts';

interface CookieContext {
  /** Those for `header:set-cookie`. */
  readonly rules: RulesHere;
  readonly differences: DifferenceList;
  readonly upstreams: {
    readonly monolith: UpstreamPlaces | undefined;
    readonly service: UpstreamPlaces | undefined;
  };
}

/**
 * Compares Set-Cookie lines by cookie name: `header:set-cookie/sid` for a cookie that one side does not set,
 * `header:set-cookie/sid/value` and `header:set-cookie/sid/path` for what differs in it. A name set several
 * times is compared in the order it comes. A Domain or Path that is the upstream's own never gets to clients.
 */
export function compareCookies(
  monolith: readonly string[],
  service: readonly string[],
  { rules, differences, upstreams }: CookieContext,
): void {
  const sides = {
    monolith: byName(monolith, upstreams.monolith),
    service: byName(service, upstreams.service),
  };
  for (const name of new Set([...sides.monolith.keys(), ...sides.service.keys()])) {
    const rulesHere = stepInto(rules, name);
    const ignored = ignoringRule(rulesHere);
    if (ignored !== undefined) {
      const linesOf = (side: ReadonlyMap<string, readonly Cookie[]>) =>
        (side.get(name) ?? []).map(({ line }) => line).join();
      ignored.mattered ||= linesOf(sides.monolith) !== linesOf(sides.service);
      continue;
    }
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

function byName(
  lines: readonly string[],
  upstream: UpstreamPlaces | undefined,
): ReadonlyMap<string, readonly Cookie[]> {
  const cookies = new Map<string, Cookie[]>();
  for (const line of lines) {
    const [pair = '', ...attributes] = line.split(';');
    const [name, value] = nameAndValue(pair);
    const parts = new Map([['value', value]]);
    for (const attribute of attributes) {
      const [attributeName, attributeValue] = nameAndValue(attribute);
      if (attributeName !== '') parts.set(attributeName.toLowerCase(), attributeValue);
    }
    if (upstream) mapToClients(parts, upstream);
    const known = cookies.get(name);
    if (known) known.push({ line, parts });
    else cookies.set(name, [{ line, parts }]);
  }
  return cookies;
}

/** As the proxy does: no Domain that is the upstream's own name, no base path. */
function mapToClients(parts: Map<string, string>, { authorities, basePath }: UpstreamPlaces): void {
  const domain = parts.get('domain')?.replace(/^\./, '').toLowerCase();
  if (authorities.some((own) => own.replace(/:\d+$/, '') === domain)) parts.delete('domain');
  else if (domain !== undefined) parts.set('domain', domain);
  const path = parts.get('path');
  if (basePath !== '' && path !== undefined && (path === basePath || path.startsWith(`${basePath}/`)))
    parts.set('path', path.slice(basePath.length) || '/');
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
    if (isSamePart(part, one, other) || isOneSidedPassedOver(stepInto(rules, part))) continue;
    const partPlace = `${place}/${token(part)}`;
    const kind = one === undefined ? 'extra' : other === undefined ? 'missing' : 'value';
    differences.add(partPlace, partPlace, kind, one, other);
  }
}

function isSamePart(part: string, one: SideText, other: SideText): boolean {
  if (one === other) return true;
  if (one === undefined || other === undefined) return false;
  if (part === 'samesite') return one.toLowerCase() === other.toLowerCase();
  return part === 'expires' && areSameExpiries(one, other);
}
