/** Control and format characters (ESC, C1, bidi overrides), line separators, lone surrogates. */
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

const shortEscapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** The text with everything spelled out that would steer a terminal. */
export function inertText(text: string): string {
  return text.replace(unsafe, (c) => shortEscapes[c] ?? `\\u{${c.codePointAt(0)?.toString(16)}}`);
}

/**
 * The same data with every text in it inert. What the API answers holds paths, headers and bodies that
 * anybody on the network may have written, and is printed only after this.
 */
export function inert<T>(data: T): T {
  if (typeof data === 'string') return inertText(data) as T;
  if (Array.isArray(data)) return data.map(inert) as T;
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [inertText(key), inert(value)])) as T;
}

/** Without C0, which JSON.stringify has escaped by then, but for its own line ends. */
const unsafeInJson = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;

/** JSON that says the same as the data, and is inert on a terminal too. */
export function inertJson(data: unknown): string {
  return JSON.stringify(data, null, 2).replace(unsafeInJson, (c) =>
    [...Array(c.length).keys()].map((i) => `\\u${c.charCodeAt(i).toString(16).padStart(4, '0')}`).join(''),
  );
}
