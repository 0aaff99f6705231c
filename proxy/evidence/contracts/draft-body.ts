/** What stands for a value that must not be kept: `‹redacted:8hex›`, as shadow/redact.ts writes it. */
const redacted = /‹redacted:[0-9a-f]{8}›/;

export const isRedacted = (text: string): boolean => redacted.test(text);

type Rule = {
  readonly combine: 'AND';
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
  const found: Found = { rules: { $: byType }, redactedAt: [], nulls: [] };
  const content = example(json.value, '$', found);
  return {
    type,
    body: { content, contentType: type, encoded: false },
    rules: found.rules,
    redactedAt: found.redactedAt,
    notes:
      of === 'answer' && found.nulls.length > 0
        ? [`Null in the answer, so that nothing else is matched there yet: ${found.nulls.join(', ')}.`]
        : [],
  };
}

const byType: Rule = { combine: 'AND', matchers: [{ match: 'type' }] };
/** What a redacted value was of is not known any more. */
const notEmpty: Rule = { combine: 'AND', matchers: [{ match: 'notEmpty' }] };
const someOfType: Rule = { combine: 'AND', matchers: [{ match: 'type', min: 1 }] };

interface Found {
  readonly rules: Record<string, Rule>;
  readonly redactedAt: string[];
  readonly nulls: string[];
}

/** The value with one entry of each array, which stands for all of them. */
function example(value: unknown, place: string, found: Found): unknown {
  if (value === null) found.nulls.push(place);
  if (typeof value === 'string' && isRedacted(value)) {
    found.rules[place] = notEmpty;
    found.redactedAt.push(place);
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    if (value.length === 0) return value;
    found.rules[place] = someOfType;
    return [example(value[0], `${place}[*]`, found)];
  }
  const members = Object.entries(value).map(
    ([name, member]) => [name, example(member, place + step(name), found)] as const,
  );
  return Object.fromEntries(members);
}

const step = (name: string): string =>
  /^[A-Za-z_][\w-]*$/.test(name) ? `.${name}` : `['${name.replace(/['\\]/g, '\\$&')}']`;

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

export function headerOf(headers: readonly string[], name: string): string | undefined {
  for (let at = 0; at + 1 < headers.length; at += 2) {
    if (headers[at]!.toLowerCase() === name) return headers[at + 1];
  }
  return undefined;
}
