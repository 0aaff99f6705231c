import type { DifferenceKind } from '../pair.ts';
import { compareCookies } from './compare-cookies.ts';
import { isIgnored, type RulesHere } from './compiled-rules.ts';
import type { DifferenceList } from './differences.ts';
import { headerValues, listValue } from './headers.ts';
import { normalMediaType } from './media-type.ts';
import { token } from './place.ts';
import { stepInto } from './place-tree.ts';
import { isUncomparedHeader } from './uncompared-headers.ts';

export interface HeaderContext {
  /** Of the request: an answer to HEAD has no body, so its Content-Length is compared. */
  readonly method: string;
  /** Rules for `header:`. */
  readonly rules: RulesHere;
  readonly differences: DifferenceList;
}

/** Compares two flat lists of headers; Set-Cookie by cookie, everything else as the list that it stands for. */
export function compareHeaders(
  monolith: readonly string[],
  service: readonly string[],
  { method, rules, differences }: HeaderContext,
): void {
  const sides = { monolith: headerValues(monolith), service: headerValues(service) };
  const skipped = new Set([...nominated(sides.monolith), ...nominated(sides.service)]);
  if (method !== 'HEAD') skipped.add('content-length');
  for (const name of new Set([...sides.monolith.keys(), ...sides.service.keys()])) {
    if (isUncomparedHeader(name) || skipped.has(name)) continue;
    const rulesHere = stepInto(rules, name);
    if (isIgnored(rulesHere)) continue;
    const [ours, theirs] = [sides.monolith.get(name), sides.service.get(name)];
    if (name === 'set-cookie') {
      compareCookies(ours ?? [], theirs ?? [], rulesHere, differences);
      continue;
    }
    const [one, other] = [comparedValue(name, ours), comparedValue(name, theirs)];
    if (one === other) continue;
    const kind: DifferenceKind = one === undefined ? 'extra' : other === undefined ? 'missing' : 'value';
    const place = `header:${token(name)}`;
    differences.add(place, place, kind, one, other);
  }
}

/** What counts of a header; undefined when nothing does. */
function comparedValue(name: string, values: readonly string[] | undefined): string | undefined {
  if (values === undefined) return undefined;
  if (name === 'content-type') return normalMediaType(values.join(', '));
  if (name === 'vary') return varyWithoutEncoding(values);
  return listValue(values);
}

/** Bodies are compared decoded, so it says nothing that an answer varies on Accept-Encoding; field names have no order. */
function varyWithoutEncoding(values: readonly string[]): string | undefined {
  const fields = listValue(values).toLowerCase().split(', ');
  const others = fields.filter((field) => field !== 'accept-encoding');
  return others.length === 0 ? undefined : others.sort().join(', ');
}

/** Headers that Connection names belong to one connection, too. */
function nominated(values: ReadonlyMap<string, readonly string[]>): readonly string[] {
  return listValue(values.get('connection') ?? [])
    .toLowerCase()
    .split(', ');
}
