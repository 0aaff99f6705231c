import type { MapRule, Migration, RoleSource } from '../routing/model.ts';
import { isMappedHeader } from './compare/mapped-headers.ts';
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

/** Of a migration, what says whether bytes that are the same may mean something else. */
export interface SameRules {
  readonly shadow: Pick<Migration['shadow'], 'compare'>;
  readonly routes: readonly Pick<Migration['routes'][number], 'compare'>[];
}

interface KnownRules {
  /** Names of headers that the migration's rules ignore, in lower case. */
  readonly ignored: ReadonlySet<string>;
  /** A header of one side alone is mapped: what is the same to the letter differs then. */
  readonly mapsOneSide: boolean;
}

const known = new WeakMap<SameRules, KnownRules>();

function rulesOf(migration: SameRules): KnownRules {
  let rules = known.get(migration);
  if (!rules) {
    const { ignore } = migration.shadow.compare;
    const names = ignore.filter((place) => place.startsWith('header:')).map((place) => place.slice(7));
    const all = [migration.shadow.compare, ...migration.routes.map(({ compare }) => compare)];
    rules = {
      ignored: new Set(names.map((name) => name.toLowerCase())),
      mapsOneSide: all.some((compare) => compare?.map?.some(mapsHeaderOfOneSide)),
    };
    known.set(migration, rules);
  }
  return rules;
}

function mapsHeaderOfOneSide(rule: MapRule): boolean {
  return 'pattern' in rule && rule.side !== 'both' && rule.at.startsWith('header:');
}

/** Whether two answers agree whatever the rules make of the rest; false says nothing but that they must be compared. */
export function areSame(
  method: string,
  one: Answer,
  other: Answer,
  migration: SameRules,
): { readonly control: CompleteAnswer } | undefined {
  if (one.outcome !== 'complete' || other.outcome !== 'complete') return undefined;
  if (one.status !== other.status || one.body.length !== other.body.length) return undefined;
  const { ignored, mapsOneSide } = rulesOf(migration);
  if (mapsOneSide || !haveSameHeaders(method, one.headers, other.headers, ignored)) return undefined;
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
    const name = lowerCase(one[at]!);
    if (one[at] !== other[otherAt] && name !== lowerCase(other[otherAt]!)) return false;
    if (isMappedHeader(name)) return false;
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
