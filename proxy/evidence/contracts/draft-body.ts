import { headerOf } from '../../routing/raw-headers.ts';
import { hasRedaction } from '../../shadow/redaction.ts';

type Rule = {
  readonly combine: 'AND' | 'OR';
  readonly matchers: readonly Readonly<Record<string, string | number>>[];
};

export interface DraftBody {
  /** Media type without parameters. */
  readonly type: string | undefined;
  readonly body:
    | { readonly content: unknown; readonly contentType: string; readonly encoded: false }
    | undefined;
  readonly rules: Readonly<Record<string, Rule>> | undefined;
  /** Places of what was redacted: `$.customer.email`. */
  readonly redactedAt: readonly string[];
  readonly notes: readonly string[];
}

/** The body of a kept request or answer: JSON by its shape, anything else by its media type alone. */
export function draftBody(
  { headers, body }: { readonly headers: readonly string[]; readonly body: string },
  of: 'request' | 'answer',
): DraftBody {
  const type = headerOf(headers, 'content-type')?.split(';')[0]?.trim().toLowerCase() || undefined;
  const none = { type, body: undefined, rules: undefined, redactedAt: [] };
  if (body === '' || type === undefined) return { ...none, notes: [] };
  const json = /^application\/([\w.-]+\+)?json$/.test(type) ? parsed(body) : undefined;
  if (json === undefined) {
    const notes = [
      `The body of the ${of} (${type}) is not in the draft: only JSON that is kept whole can be.`,
    ];
    return { ...none, notes };
  }
  const found: Found = { rules: { $: byType }, redactedAt: [], nulls: [], leftOut: [] };
  const content = exampleOf([json.value], '$', found) ?? null;
  return {
    type,
    body: { content, contentType: type, encoded: false },
    rules: found.rules,
    redactedAt: found.redactedAt,
    notes: of === 'answer' ? notesOn(found) : [],
  };
}

function notesOn({ nulls, leftOut }: Found): string[] {
  return [
    ...(nulls.length === 0
      ? []
      : [`Null in the answer, so that nothing else is matched there yet: ${nulls.join(', ')}.`]),
    ...(leftOut.length === 0
      ? []
      : [`Not in the draft, since entries of one list differ there: ${leftOut.join(', ')}.`]),
  ];
}

const byType: Rule = { combine: 'AND', matchers: [{ match: 'type' }] };
/** What a redacted value was of is not known any more. */
const notEmpty: Rule = { combine: 'AND', matchers: [{ match: 'notEmpty' }] };
const someOfType: Rule = { combine: 'AND', matchers: [{ match: 'type', min: 1 }] };

const typeOrNull: Rule = { combine: 'OR', matchers: [{ match: 'type' }, { match: 'null' }] };

interface Found {
  readonly rules: Record<string, Rule>;
  readonly redactedAt: string[];
  readonly nulls: string[];
  readonly leftOut: string[];
}

/**
 * One value that stands for all that were seen at a place: of a list, for each of its entries. Undefined where
 * nothing holds for all of them, so that the place is left out.
 */
function exampleOf(values: readonly unknown[], place: string, found: Found): unknown {
  const present = values.filter((value) => value !== null);
  const [first] = present;
  if (first === undefined) {
    found.nulls.push(place);
    return null;
  }
  const isSometimesNull = present.length < values.length;
  if (present.some((value) => kindOf(value) !== kindOf(first)) || (isSometimesNull && isPart(first))) {
    found.leftOut.push(place);
    return undefined;
  }
  if (Array.isArray(first)) return exampleOfList(present as unknown[][], place, found);
  if (isPart(first)) return exampleOfObject(present as Record<string, unknown>[], place, found);
  if (present.some((value) => typeof value === 'string' && hasRedaction(value))) {
    found.rules[place] = notEmpty;
    found.redactedAt.push(place);
  } else if (isSometimesNull) found.rules[place] = typeOrNull;
  return first;
}

function exampleOfList(lists: readonly unknown[][], place: string, found: Found): unknown[] {
  const entries = lists.flat();
  if (entries.length === 0) return [];
  found.rules[place] = lists.every((list) => list.length > 0) ? someOfType : byType;
  const entry = exampleOf(entries, `${place}[*]`, found);
  return entry === undefined ? [] : [entry];
}

/** What not every entry of a list has is no promise. */
function exampleOfObject(objects: readonly Record<string, unknown>[], place: string, found: Found) {
  const members = Object.keys(objects[0]!).flatMap((name) => {
    const at = place + step(name);
    if (!objects.every((object) => Object.hasOwn(object, name))) {
      found.leftOut.push(at);
      return [];
    }
    const seen = objects.map((object) => object[name]);
    const value = exampleOf(seen, at, found);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(members);
}

const kindOf = (value: unknown): string => (Array.isArray(value) ? 'array' : typeof value);
const isPart = (value: unknown): boolean => typeof value === 'object';

const step = (name: string): string =>
  /^[A-Za-z_][\w-]*$/.test(name) ? `.${name}` : `['${name.replace(/['\\]/g, '\\$&')}']`;

/** A redacted number is kept as no JSON value is written: `"size": ‹redacted:8hex›`. */
const redactedNumber = /(?<=[:[,]\s*)‹redacted:[0-9a-f]{8}›(?=\s*[,\]}])/g;

function parsed(text: string): { readonly value: unknown } | undefined {
  for (const readable of [text, text.replace(redactedNumber, '"$&"')]) {
    try {
      return { value: JSON.parse(readable) };
    } catch {}
  }
  return undefined;
}
