import { listValue } from './headers.ts';
import { normalMediaType } from './media-type.ts';
import { timeOf } from './tolerance.ts';

/** What counts of a header: one text, or texts of its own for each of its parts; undefined when nothing does. */
export type HeaderMeaning = string | ReadonlyMap<string, string> | undefined;

type Read = (values: readonly string[]) => HeaderMeaning;

const names = (text: string): readonly string[] => text.split(' ');

/** Headers that are more than a list whose order may count. */
const readers: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['content-type', (values) => normalMediaType(values.join(', '))],
  ['vary', varyWithoutEncoding],
  ...names('allow accept-ranges accept-patch accept-post clear-site-data content-language').map(asSet),
  ...names('access-control-allow-methods access-control-allow-headers access-control-expose-headers').map(
    asSet,
  ),
  ['link', linkSet],
  ...names('cache-control cdn-cache-control surrogate-control pragma permissions-policy').map(
    (name) => [name, (values: readonly string[]) => directives(split(values.join(','), ','), '=')] as const,
  ),
  ...names('strict-transport-security content-disposition').map(
    (name) => [name, (values: readonly string[]) => directives(split(values.join(';'), ';'), '=')] as const,
  ),
  ...names('content-security-policy content-security-policy-report-only').map(
    (name) => [name, (values: readonly string[]) => directives(split(values.join(';'), ';'), ' ')] as const,
  ),
  ['last-modified', ([value = '']) => instant(value)],
]);

/** `name` in lower case; `values`: its lines in the order received. */
export function meaningOf(name: string, values: readonly string[] | undefined): HeaderMeaning {
  if (values === undefined) return undefined;
  return (readers.get(name) ?? listValue)(values);
}

function asSet(name: string): readonly [string, Read] {
  return [name, (values) => setOf(listValue(values).toLowerCase().split(', '))];
}

function setOf(members: readonly string[]): string {
  return [...new Set(members)].filter(Boolean).sort().join(', ');
}

/** Bodies are compared decoded, so it says nothing that an answer varies on Accept-Encoding. */
function varyWithoutEncoding(values: readonly string[]): string | undefined {
  const fields = listValue(values).toLowerCase().split(', ');
  return setOf(fields.filter((field) => field !== 'accept-encoding')) || undefined;
}

/** Links (RFC 8288) in any order, each with its parameters in any order. */
function linkSet(values: readonly string[]): string {
  return setOf(
    split(values.join(','), ',').map((link) => {
      const [target = '', ...parameters] = split(link, ';');
      const normal = [...directives(parameters, '=')].map(([name, value]) => `${name}=${value}`);
      return [target, ...normal.sort()].join('; ');
    }),
  );
}

/**
 * Directives by lower-case name, without the quotes around their values; of one that is given several times the
 * values as a list. What has several sources (`script-src 'self' a.example`) has them in any order.
 */
function directives(members: readonly string[], separator: '=' | ' '): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const member of members) {
    const at = member.indexOf(separator);
    const name = (at < 0 ? member : member.slice(0, at)).trim().toLowerCase();
    const written = at < 0 ? '' : member.slice(at + 1).trim();
    const value = separator === ' ' ? setOf(written.split(/\s+/)) : written.replace(/^"(.*)"$/, '$1');
    const before = found.get(name);
    found.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return found;
}

/** Members between separators that stand outside quotes and angle brackets, without the empty ones. */
function split(text: string, separator: ',' | ';'): string[] {
  const members: string[] = [];
  let from = 0;
  let inside = '';
  for (let at = 0; at <= text.length; at++) {
    const character = text[at];
    if (inside !== '' && character !== undefined) {
      if (character === '\\' && inside === '"') at++;
      else if (character === inside) inside = '';
    } else if (character === '"') inside = '"';
    else if (character === '<') inside = '>';
    else if (character === separator || character === undefined) {
      const member = text.slice(from, at).trim();
      if (member !== '') members.push(member);
      from = at + 1;
    }
  }
  const rest = text.slice(from).trim();
  if (rest !== '') members.push(rest);
  return members;
}

/** One moment has one text, in whichever of the three formats of RFC 9110, section 5.6.7. */
function instant(text: string): string {
  const time = timeOf(text) ?? Date.parse(text);
  return Number.isNaN(time) ? text : new Date(time).toUTCString();
}

/** Two sides that let an answer live as long count from moments that are this far apart at most. */
const expiryToleranceMs = 60_000;

/** Whether two expiry dates say the same; what is no date, such as 0, is over already (RFC 9111, section 5.3). */
export function areSameExpiries(one: string, other: string): boolean {
  const areOver = [one, other].map((text) => /^-?\d*$/.test(text));
  if (areOver[0] || areOver[1]) return areOver[0] === areOver[1];
  return Math.abs(Date.parse(one) - Date.parse(other)) <= expiryToleranceMs;
}
