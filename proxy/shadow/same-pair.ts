import type { Migration, RoleSource } from '../routing/model.ts';
import { isUncomparedHeader } from './compare/uncompared-headers.ts';
import { coverageOf } from './coverage.ts';
import type { Answer, CapturedRequest, ComparedPair, CompleteAnswer, Side } from './pair.ts';

/**
 * A pair whose answers are the same bytes under heads that agree: it agrees under any rules. What counting it
 * takes, without the bodies, so that most pairs need not be carried around and compared.
 */
export interface SamePair {
  readonly id: string;
  readonly migration: string;
  readonly route: string;
  /** ISO time at which the control's answer ended. */
  readonly at: string;
  readonly control: Side;
  readonly request: Omit<CapturedRequest, 'body'>;
  /** Of the control's answer. */
  readonly status: number;
  readonly headers: readonly string[];
  readonly monolithMs: number;
  readonly serviceMs: number;
}

/** What is counted of it, as if it had been compared. */
export function agreedPair(same: SamePair, role: RoleSource | undefined): ComparedPair {
  const { id, migration, route, at, control, request, status, headers, monolithMs, serviceMs } = same;
  const coverage = coverageOf({ request, monolith: { status, headers } }, role);
  return {
    id,
    migration,
    route,
    at,
    control,
    outcome: 'agreed',
    differences: [],
    coverage,
    ...(status >= 500 && { failed: 'both' }),
    monolithMs,
    serviceMs,
  };
}

type Rules = Migration['shadow']['compare'];

/** Names of headers that a migration's rules ignore, in lower case, and whether they ignore the body. */
const ignoredBy = new WeakMap<Rules, ReadonlySet<string>>();

function ignoredHeaders(rules: Rules): ReadonlySet<string> {
  let ignored = ignoredBy.get(rules);
  if (!ignored) {
    const names = rules.ignore.filter((place) => place.startsWith('header:')).map((place) => place.slice(7));
    ignored = new Set(names.map((name) => name.toLowerCase()));
    ignoredBy.set(rules, ignored);
  }
  return ignored;
}

/** Whether two answers agree whatever the rules make of the rest; false says nothing but that they must be compared. */
export function areSame(
  method: string,
  one: Answer,
  other: Answer,
  rules: Rules,
): { readonly control: CompleteAnswer } | undefined {
  if (one.outcome !== 'complete' || other.outcome !== 'complete') return undefined;
  if (one.status !== other.status || one.body.length !== other.body.length) return undefined;
  if (!haveSameHeaders(method, one.headers, other.headers, ignoredHeaders(rules))) return undefined;
  return Buffer.compare(one.body, other.body) === 0 ? { control: one } : undefined;
}

/** In the same order, too: another order may mean the same, which is for comparing to say. */
function haveSameHeaders(
  method: string,
  one: readonly string[],
  other: readonly string[],
  ignored: ReadonlySet<string>,
): boolean {
  let at = 0;
  let otherAt = 0;
  for (;;) {
    at = nextCompared(method, one, at, ignored);
    otherAt = nextCompared(method, other, otherAt, ignored);
    if (at >= one.length || otherAt >= other.length) return at >= one.length && otherAt >= other.length;
    if (one[at + 1] !== other[otherAt + 1]) return false;
    if (one[at] !== other[otherAt] && lowerCase(one[at]!) !== lowerCase(other[otherAt]!)) return false;
    at += 2;
    otherAt += 2;
  }
}

function nextCompared(
  method: string,
  headers: readonly string[],
  from: number,
  ignored: ReadonlySet<string>,
): number {
  let at = from;
  while (at < headers.length && isSkipped(method, lowerCase(headers[at]!), ignored)) at += 2;
  return at;
}

/** Under one coding only the same bytes are the same body; a length says nothing that the bytes don't, but to HEAD. */
function isSkipped(method: string, name: string, ignored: ReadonlySet<string>): boolean {
  if (name === 'content-encoding') return false;
  if (name === 'content-length') return method !== 'HEAD';
  return isUncomparedHeader(name) || ignored.has(name);
}

/** Names are few in practice; the bound keeps a flood of invented ones from filling memory. */
const MAX_REMEMBERED = 2048;
const lowerCases = new Map<string, string>();

function lowerCase(name: string): string {
  let lower = lowerCases.get(name);
  if (lower === undefined) {
    lower = name.toLowerCase();
    if (lowerCases.size < MAX_REMEMBERED && name.length <= 64) lowerCases.set(name, lower);
  }
  return lower;
}
