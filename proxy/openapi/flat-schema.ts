import { type ApiDocument, isObject, resolved } from './document.ts';

/** What a schema says by itself, with references followed and `allOf` joined. */
export interface FlatSchema {
  /** `null` among them where it may be null; undefined: any. */
  readonly types: ReadonlySet<string> | undefined;
  /** JSON texts; undefined: any. */
  readonly values: ReadonlySet<string> | undefined;
  readonly properties: ReadonlyMap<string, unknown>;
  readonly required: ReadonlySet<string>;
  /** False: no other properties; a schema: of others; undefined: anything. */
  readonly others: unknown;
  readonly items: unknown;
  /** `anyOf` or `oneOf`. */
  readonly alternatives: readonly unknown[] | undefined;
  /** What stands beside them holds for each: its schemas, to be joined with one of them. */
  readonly beside: readonly unknown[];
  /** `minimum`, `maxLength`, `pattern` and so on. */
  readonly bounds: ReadonlyMap<string, unknown>;
  readonly isReadOnly: boolean;
  readonly isWriteOnly: boolean;
}

export const boundKeywords = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
  'multipleOf',
  'pattern',
  'format',
  'uniqueItems',
] as const;

const maxParts = 64;

export function flatten(document: ApiDocument, schema: unknown): FlatSchema {
  const parts = partsOf(document, schema);
  const properties = new Map<string, unknown>();
  const required = new Set<string>();
  const bounds = new Map<string, unknown>();
  for (const part of parts) {
    for (const [name, property] of Object.entries(objectAt(part, 'properties')))
      properties.set(name, property);
    if (Array.isArray(part['required'])) for (const name of part['required']) required.add(String(name));
    for (const keyword of boundKeywords) if (part[keyword] !== undefined) bounds.set(keyword, part[keyword]);
  }
  const last = (keyword: string) => parts.findLast((part) => part[keyword] !== undefined)?.[keyword];
  const alternatives = last('anyOf') ?? last('oneOf');
  return {
    types: typesOf(parts),
    values: valuesOf(parts),
    properties,
    required,
    others: parts.some((part) => part['additionalProperties'] === false)
      ? false
      : last('additionalProperties'),
    items: last('items'),
    alternatives: Array.isArray(alternatives) ? alternatives : undefined,
    beside: parts.map(({ allOf: _, anyOf: __, oneOf: ___, ...rest }) => rest),
    bounds,
    isReadOnly: parts.some((part) => part['readOnly'] === true),
    isWriteOnly: parts.some((part) => part['writeOnly'] === true),
  };
}

type Part = Readonly<Record<string, unknown>>;

/** The schema and everything that it is `allOf`; a circle ends at the limit. */
function partsOf(document: ApiDocument, schema: unknown): Part[] {
  const parts: Part[] = [];
  const left = [schema];
  while (left.length > 0 && parts.length < maxParts) {
    const written = left.shift();
    const part = resolved(document, written);
    if (!isObject(part)) continue;
    parts.push(part);
    if (Array.isArray(part['allOf'])) left.push(...part['allOf']);
    // In OpenAPI 3.1 more may stand beside a reference.
    if (isObject(written) && '$ref' in written && document.openapi.startsWith('3.1')) {
      const { $ref: _, ...beside } = written;
      if (Object.keys(beside).length > 0) parts.push(beside);
    }
  }
  return parts;
}

function typesOf(parts: readonly Part[]): Set<string> | undefined {
  const written = parts.map(({ type }) => type).filter((type) => type !== undefined);
  if (written.length === 0) return undefined;
  const sets = written.map((type) => (Array.isArray(type) ? type.map(String) : [String(type)]));
  const types = new Set(sets.reduce((all, set) => all.filter((type) => set.includes(type))));
  if (parts.some(({ nullable }) => nullable === true)) types.add('null');
  return types;
}

function valuesOf(parts: readonly Part[]): Set<string> | undefined {
  const lists = parts.flatMap((part) =>
    Array.isArray(part['enum']) ? [part['enum']] : part['const'] === undefined ? [] : [[part['const']]],
  );
  const list = lists[0];
  if (!list) return undefined;
  const values = new Set(list.map((value) => JSON.stringify(value)));
  if (parts.some(({ nullable }) => nullable === true)) values.add('null');
  return values;
}

function objectAt(part: Part, keyword: string): Part {
  const value = part[keyword];
  return isObject(value) ? value : {};
}
