import { isSignedText, signText } from '../routing/signed-text.ts';
import type { AnsweredBy } from './traffic-counts.ts';
import { trimOws } from './trim-ows.ts';

/**
 * The cookie that says which side has a user's last write of one migration: `service.1764028800.SIGNATURE`, one for
 * each migration. Signed over the migration's id, so that it counts for no other, and over its end.
 */

const purpose = 'ficus-side';
const namePrefix = 'ficus-side-';
/** RFC 6265bis, 4.1.3.2: only what this very host has set over TLS can have the name. */
const hostPrefix = '__Host-';
const valuePattern = /^(?<side>monolith|service)\.(?<until>\d{1,12})\.(?<signature>[\w-]{43})$/;
/** Values that are looked at; whoever sends more has tossed them in. */
const MAX_VALUES = 4;

export interface SideCookieRules {
  readonly migration: string;
  readonly seconds: number;
  readonly key: string;
  /** Whether the client came by TLS. Without it there is no `__Host-` and no Secure. */
  readonly secure: boolean;
}

/** The value of a Set-Cookie for the side that took a write. */
export function setSideCookie(side: AnsweredBy, rules: SideCookieRules, nowMs: number): string {
  const until = Math.floor(nowMs / 1000) + rules.seconds;
  const value = `${side}.${until}.${signText(purpose, signedPart(side, until, rules), rules.key)}`;
  const scope = `Path=/; Max-Age=${rules.seconds}; HttpOnly; SameSite=Lax${rules.secure ? '; Secure' : ''}`;
  return `${nameOf(rules)}=${value}; ${scope}`;
}

/** The side that a Cookie header names; none where it is malformed, not ours, over, or there more than once. */
export function readSideCookie(
  header: string,
  rules: SideCookieRules,
  nowMs: number,
): AnsweredBy | undefined {
  const values = valuesOf(header, nameOf(rules));
  if (values.length !== 1) return undefined;
  const groups = valuePattern.exec(values[0]!)?.groups;
  if (!groups) return undefined;
  const side = groups['side'] as AnsweredBy;
  const until = Number(groups['until']);
  const nowSeconds = nowMs / 1000;
  // One that lasts longer than they are given was signed under another setting or by another clock.
  if (nowSeconds >= until || until > nowSeconds + rules.seconds + 1) return undefined;
  const signed = signedPart(side, until, rules);
  return isSignedText(groups['signature'] ?? '', purpose, signed, rules.key) ? side : undefined;
}

/** Header lines without any cookie of this kind: they are between the client and us. */
export function withoutSideCookies(lines: string): string {
  if (!lines.includes(namePrefix)) return lines;
  let kept = '';
  for (let start = 0; start < lines.length; ) {
    const found = lines.indexOf('\r\n', start);
    const end = found < 0 ? lines.length : found;
    const colon = lines.indexOf(':', start);
    const isCookie = colon - start === 6 && lines.slice(start, colon).toLowerCase() === 'cookie';
    if (isCookie) kept += cookieLine(lines.slice(start, colon), trimOws(lines, colon + 1, end));
    else kept += `${lines.slice(start, end)}\r\n`;
    start = end + 2;
  }
  return kept;
}

function cookieLine(name: string, value: string): string {
  if (!value.includes(namePrefix)) return `${name}: ${value}\r\n`;
  const kept = value
    .split(';')
    .filter((pair) => !isSideCookie(pair.trim()))
    .join(';')
    .trim();
  return kept === '' ? '' : `${name}: ${kept}\r\n`;
}

function isSideCookie(pair: string): boolean {
  return pair.startsWith(namePrefix) || pair.startsWith(hostPrefix + namePrefix);
}

function valuesOf(header: string, name: string): string[] {
  const values: string[] = [];
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=');
    if (equals >= 0 && pair.slice(0, equals).trim() === name) values.push(pair.slice(equals + 1).trim());
    if (values.length > MAX_VALUES) break;
  }
  return values;
}

function nameOf({ migration, secure }: SideCookieRules): string {
  return `${secure ? hostPrefix : ''}${namePrefix}${migration}`;
}

function signedPart(side: AnsweredBy, until: number, { migration }: SideCookieRules): string {
  return `${migration}\n${side}\n${until}`;
}
