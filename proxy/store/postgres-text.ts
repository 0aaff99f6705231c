/** Neither can be in Postgres' text or jsonb: NUL, and half of a surrogate pair. */
const unstorable = /\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** `text` as Postgres can keep it: what it refuses is written out, such as `\u0000`. */
export function postgresText(text: string): string {
  if (!text.includes('\0') && text.isWellFormed()) return text;
  return text.replace(unstorable, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * JSON that jsonb keeps unchanged and that is the same for equal values: keys sorted, no blanks, text as
 * `postgresText` has it. Takes what `JSON.parse` can return.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(postgresText(value));
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, member]) => member !== undefined);
    const members = entries.map(([key, member]) => [
      JSON.stringify(postgresText(key)),
      canonicalJson(member),
    ]);
    members.sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
    return `{${members.map(([key, member]) => `${key}:${member}`).join(',')}}`;
  }
  return JSON.stringify(value ?? null);
}
