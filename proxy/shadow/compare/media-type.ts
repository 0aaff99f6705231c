/** A Content-Type taken apart. */
export interface MediaType {
  /** `application/json`, lower case; empty when there is none. */
  readonly essence: string;
  /** Lower-case names; values without quotes, that of charset in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** Takes any text; what is no parameter is passed over. */
export function parseMediaType(text: string): MediaType {
  const [essence = '', ...rest] = text.split(';');
  const parameters = new Map<string, string>();
  for (const parameter of rest) {
    const equals = parameter.indexOf('=');
    if (equals < 0) continue;
    const name = parameter.slice(0, equals).trim().toLowerCase();
    const value = parameter
      .slice(equals + 1)
      .trim()
      .replace(/^"(.*)"$/, '$1');
    parameters.set(name, name === 'charset' ? value.toLowerCase() : value);
  }
  return { essence: essence.trim().toLowerCase(), parameters };
}

export function isJsonType({ essence }: MediaType): boolean {
  return essence === 'application/json' || essence.endsWith('+json');
}

export function isTextType({ essence }: MediaType): boolean {
  return (
    essence.startsWith('text/') ||
    essence.endsWith('+xml') ||
    essence === 'application/xml' ||
    essence === formType
  );
}

export const formType = 'application/x-www-form-urlencoded';

/** The same text for types that mean the same: case, space, quotes and the order of parameters don't count. */
export function normalMediaType(text: string): string {
  const type = parseMediaType(text);
  const parameters = [...type.parameters]
    // JSON is UTF-8 whatever is said; the parameter has no meaning (RFC 8259, section 11).
    .filter(([name, value]) => !(isJsonType(type) && name === 'charset' && value === 'utf-8'))
    .map(([name, value]) => `${name}=${value}`)
    .sort();
  return [type.essence, ...parameters].join('; ');
}
