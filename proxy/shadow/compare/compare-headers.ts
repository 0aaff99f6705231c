import type { DifferenceKind } from '../pair.ts';
import { compareCookies } from './compare-cookies.ts';
import { ignoringRule, type RulesHere } from './compiled-rules.ts';
import type { DifferenceList } from './differences.ts';
import { areSameExpiries, meaningOf } from './header-values.ts';
import { headerValues, listValue } from './headers.ts';
import { areSameIds } from './ids.ts';
import { isMappedHeader } from './mapped-headers.ts';
import { areSameReferences, type ClientPlace, publicReference, type UpstreamPlaces } from './own-places.ts';
import { token } from './place.ts';
import { stepInto } from './place-tree.ts';
import { isOneSidedPassedOver } from './same-json.ts';
import { isTolerated } from './tolerance.ts';
import { isUncomparedHeader } from './uncompared-headers.ts';

export interface HeaderContext {
  /** Of the request: an answer to HEAD has no body, so its Content-Length is compared. */
  readonly method: string;
  readonly client: () => ClientPlace;
  readonly upstreams: SidePlaces;
  /** Rules for `header:`. */
  readonly rules: RulesHere;
  readonly differences: DifferenceList;
}

/** What the two sides call themselves; undefined where that is not known. */
export interface SidePlaces {
  readonly monolith: UpstreamPlaces | undefined;
  readonly service: UpstreamPlaces | undefined;
}

/** Compares two flat lists of headers by what they mean: Set-Cookie by cookie, Cache-Control by directive. */
export function compareHeaders(
  monolith: readonly string[],
  service: readonly string[],
  context: HeaderContext,
): void {
  const sides = { monolith: headerValues(monolith), service: headerValues(service) };
  const skipped = new Set([...nominated(sides.monolith), ...nominated(sides.service)]);
  if (context.method !== 'HEAD') skipped.add('content-length');
  for (const name of new Set([...sides.monolith.keys(), ...sides.service.keys()])) {
    if (isUncomparedHeader(name) || skipped.has(name)) continue;
    compareHeader(name, sides.monolith.get(name), sides.service.get(name), context);
  }
}

type Values = readonly string[] | undefined;

/** Most headers are the same to the letter. */
function isSameList(ours: Values, theirs: Values): boolean {
  return ours?.length === theirs?.length && ours!.every((value, index) => value === theirs![index]);
}

function compareHeader(name: string, ours: Values, theirs: Values, context: HeaderContext): void {
  if (!isMappedHeader(name) && isSameList(ours, theirs)) return;
  const rules = stepInto(context.rules, name);
  const ignored = ignoringRule(rules);
  if (ignored !== undefined) {
    ignored.mattered ||= listValue(ours ?? []) !== listValue(theirs ?? []);
    return;
  }
  const { differences } = context;
  if (name === 'set-cookie') {
    compareCookies(ours ?? [], theirs ?? [], { rules, differences, upstreams: context.upstreams });
    return;
  }
  const [one, other] = [meaningOf(name, ours), meaningOf(name, theirs)];
  if (one instanceof Map && other instanceof Map) {
    compareParts(name, one, other, rules, differences);
    return;
  }
  if (one === other && !isMappedHeader(name)) return;
  if (one === undefined) addAt([name], 'extra', undefined, listValue(theirs ?? []), differences);
  else if (other === undefined) addAt([name], 'missing', listValue(ours ?? []), undefined, differences);
  else if (!isSameValue(name, String(one), String(other), rules, context))
    addAt([name], 'value', String(one), String(other), differences);
}

function isSameValue(
  name: string,
  one: string,
  other: string,
  rules: RulesHere,
  { client, upstreams }: HeaderContext,
): boolean {
  if (name === 'location' || name === 'content-location') {
    const references = [
      publicReference(one, upstreams.monolith, client()),
      publicReference(other, upstreams.service, client()),
    ] as const;
    return areSameReferences(...references);
  }
  if (name === 'expires' && areSameExpiries(one, other)) return true;
  return rules.length > 0 && (areSameIds(one, other, rules) || isTolerated(one, other, rules));
}

function compareParts(
  name: string,
  monolith: ReadonlyMap<string, string>,
  service: ReadonlyMap<string, string>,
  rules: RulesHere,
  differences: DifferenceList,
): void {
  for (const part of new Set([...monolith.keys(), ...service.keys()])) {
    const [one, other] = [monolith.get(part), service.get(part)];
    if (one === other) continue;
    const here = stepInto(rules, part);
    if (isOneSidedPassedOver(here)) continue;
    if (one !== undefined && other !== undefined && isTolerated(one, other, here)) continue;
    const kind = one === undefined ? 'extra' : other === undefined ? 'missing' : 'value';
    addAt([name, part], kind, one, other, differences);
  }
}

function addAt(
  path: readonly string[],
  kind: DifferenceKind,
  monolith: string | undefined,
  service: string | undefined,
  differences: DifferenceList,
): void {
  const place = `header:${path.map(token).join('/')}`;
  differences.add(place, place, kind, monolith, service);
}

/** Headers that Connection names belong to one connection, too. */
function nominated(values: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const connection = values.get('connection');
  return connection === undefined ? [] : listValue(connection).toLowerCase().split(', ');
}
