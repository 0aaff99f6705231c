import { type ApiDocument, resolved } from './document.ts';
import { boundKeywords, type FlatSchema, flatten } from './flat-schema.ts';

export type SchemaRule =
  | 'request-type-narrowed'
  | 'request-enum-narrowed'
  | 'request-bound-narrowed'
  | 'request-property-added-required'
  | 'request-property-required'
  | 'request-property-refused'
  | 'request-alternative-removed'
  | 'response-type-widened'
  | 'response-enum-widened'
  | 'response-format-changed'
  | 'response-property-removed'
  | 'response-property-optional'
  | 'response-alternative-added';

export interface SchemaBreak {
  readonly rule: SchemaRule;
  /** `/price`; empty: the whole. */
  readonly place: string;
  readonly what: string;
}

interface Comparison {
  readonly older: ApiDocument;
  readonly newer: ApiDocument;
  readonly direction: 'request' | 'response';
  /** Pairs of schemas that are being compared already: schemas refer to themselves. */
  readonly open: ReadonlySet<unknown>[];
  readonly budget: { left: number };
}

/** Of schemas compared for two documents; what is beyond is not looked at. */
const budget = 20_000;
const maxDepth = 40;

/** How a schema of requests takes less than it did, or one of answers gives what it did not. */
export function schemaBreaks(
  older: ApiDocument,
  before: unknown,
  newer: ApiDocument,
  now: unknown,
  direction: 'request' | 'response',
): SchemaBreak[] {
  return compare({ older, newer, direction, open: [], budget: { left: budget } }, before, now, '');
}

function compare(
  comparison: Comparison,
  writtenBefore: unknown,
  writtenNow: unknown,
  place: string,
): SchemaBreak[] {
  const { older, newer, direction, open, budget: left } = comparison;
  const [before, now] = [resolved(older, writtenBefore), resolved(newer, writtenNow)];
  const isOpen = open.some((pair) => pair.has(before) && pair.has(now));
  if (isOpen || open.length > maxDepth || --left.left < 0) return [];
  if (typeof before !== 'object' && typeof now !== 'object') return [];
  const inner = { ...comparison, open: [...open, new Set([before, now])] };
  const [earlier, later] = [flatten(older, writtenBefore), flatten(newer, writtenNow)];
  const mixed =
    earlier.alternatives || later.alternatives ? alternatives(inner, before, now, earlier, later, place) : [];
  // Where only one of them has alternatives, what stands beside them is compared with each.
  if (!earlier.alternatives !== !later.alternatives) return mixed;
  const own =
    direction === 'request' ? requestBreaks(earlier, later, place) : responseBreaks(earlier, later, place);
  return [...own, ...mixed, ...below(inner, earlier, later, place)];
}

function requestBreaks(before: FlatSchema, now: FlatSchema, place: string): SchemaBreak[] {
  const breaks: SchemaBreak[] = [];
  const refused = notIn(before.types, now.types);
  if (refused !== undefined)
    breaks.push({
      rule: 'request-type-narrowed',
      place,
      what: `must be ${typeText(now)}, was ${typeText(before)}`,
    });
  const values =
    now.values && (before.values ? [...before.values].filter((one) => !now.values!.has(one)) : undefined);
  if (now.values && (values === undefined || values.length > 0))
    breaks.push({
      rule: 'request-enum-narrowed',
      place,
      what: values === undefined ? `is now one of ${list(now.values)}` : `may no longer be ${list(values)}`,
    });
  for (const keyword of boundKeywords) {
    const [earlier, later] = [before.bounds.get(keyword), now.bounds.get(keyword)];
    if (isNarrower(keyword, earlier, later))
      breaks.push({
        rule: 'request-bound-narrowed',
        place,
        what: `has ${keyword} ${JSON.stringify(later)}, ${earlier === undefined ? 'which is new' : `was ${JSON.stringify(earlier)}`}`,
      });
  }
  for (const name of now.required) {
    if (before.required.has(name)) continue;
    const isNew = !before.properties.has(name);
    const rule = isNew ? 'request-property-added-required' : 'request-property-required';
    breaks.push({ rule, place: `${place}/${name}`, what: isNew ? 'is new and required' : 'is now required' });
  }
  if (now.others === false)
    for (const name of before.properties.keys())
      if (!now.properties.has(name))
        breaks.push({
          rule: 'request-property-refused',
          place: `${place}/${name}`,
          what: 'is no longer taken',
        });
  if (now.others === false && before.others !== false && before.properties.size > 0)
    breaks.push({ rule: 'request-property-refused', place, what: 'may have no other properties any more' });
  return breaks;
}

function responseBreaks(before: FlatSchema, now: FlatSchema, place: string): SchemaBreak[] {
  const breaks: SchemaBreak[] = [];
  if (before.types && notIn(now.types, before.types) !== undefined)
    breaks.push({
      rule: 'response-type-widened',
      place,
      what: `is ${typeText(now)}, was ${typeText(before)}`,
    });
  if (before.values) {
    const added = now.values && [...now.values].filter((one) => !before.values!.has(one));
    if (added === undefined || added.length > 0)
      breaks.push({
        rule: 'response-enum-widened',
        place,
        what:
          added === undefined ? `is no longer one of ${list(before.values)}` : `may now be ${list(added)}`,
      });
  }
  const [formatBefore, formatNow] = [before.bounds.get('format'), now.bounds.get('format')];
  if (formatBefore !== undefined && formatBefore !== formatNow)
    breaks.push({
      rule: 'response-format-changed',
      place,
      what: `is ${formatNow ?? 'of no format'}, was ${formatBefore}`,
    });
  for (const name of before.properties.keys()) {
    const at = `${place}/${name}`;
    if (!now.properties.has(name))
      breaks.push({ rule: 'response-property-removed', place: at, what: 'is no longer there' });
    else if (before.required.has(name) && !now.required.has(name))
      breaks.push({ rule: 'response-property-optional', place: at, what: 'is no longer always there' });
  }
  return breaks;
}

/** Properties and items that both have. */
function below(comparison: Comparison, before: FlatSchema, now: FlatSchema, place: string): SchemaBreak[] {
  const breaks = [...before.properties].flatMap(([name, schema]) =>
    now.properties.has(name) ? compare(comparison, schema, now.properties.get(name), `${place}/${name}`) : [],
  );
  const both = (one: unknown, other: unknown) => isSchema(one) && isSchema(other);
  if (both(before.items, now.items))
    breaks.push(...compare(comparison, before.items, now.items, `${place}/*`));
  if (both(before.others, now.others))
    breaks.push(...compare(comparison, before.others, now.others, `${place}/{name}`));
  return breaks;
}

/** Whatever was taken fits some alternative of now; whatever is given fits some alternative of before. */
function alternatives(
  comparison: Comparison,
  before: unknown,
  now: unknown,
  earlier: FlatSchema,
  later: FlatSchema,
  place: string,
): SchemaBreak[] {
  // Where both have some, what stands beside them is compared by itself.
  const isOneSided = !earlier.alternatives !== !later.alternatives;
  const of = ({ alternatives: list, beside }: FlatSchema) =>
    isOneSided ? list?.map((one) => ({ allOf: [...beside, one] })) : list;
  const [olds, news] = [of(earlier) ?? [before], of(later) ?? [now]];
  const fits = (old: unknown, next: unknown) => compare(comparison, old, next, place).length === 0;
  if (comparison.direction === 'request') {
    const left = olds.filter((old) => !news.some((next) => fits(old, next)));
    if (left.length === 0) return [];
    const what = `no longer takes ${left.length} of ${olds.length} alternatives`;
    return [{ rule: 'request-alternative-removed', place, what }];
  }
  const left = news.filter((next) => !olds.some((old) => fits(old, next)));
  if (left.length === 0) return [];
  const what = `has ${left.length} of ${news.length} alternatives that it did not have`;
  return [{ rule: 'response-alternative-added', place, what }];
}

/** A type of the first that the second does not have; undefined: it has all. */
function notIn(types: FlatSchema['types'], of: FlatSchema['types']): string | undefined {
  if (!of) return undefined;
  if (!types) return 'any';
  return [...types].find((type) => !of.has(type) && !(type === 'integer' && of.has('number')));
}

function isNarrower(keyword: (typeof boundKeywords)[number], before: unknown, now: unknown): boolean {
  if (now === undefined || now === false || now === before) return false;
  if (before === undefined || before === false) return true;
  if (typeof now !== 'number' || typeof before !== 'number') return true;
  if (keyword.startsWith('min') || keyword === 'exclusiveMinimum') return now > before;
  if (keyword.startsWith('max') || keyword === 'exclusiveMaximum') return now < before;
  return true;
}

function isSchema(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function typeText({ types }: FlatSchema): string {
  return types ? [...types].join(' or ') : 'anything';
}

function list(values: Iterable<string>): string {
  return [...values].slice(0, 8).join(', ');
}
