/** A Content-Type taken apart. */
export interface MediaType {
  /** `application/json`, lower case; empty when there is none. */
  readonly essence: string;
  /** Lower-case names; values without quotes, that of charset in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

const maxKnown = 500;
const known = new Map<string, MediaType>();

/** Takes any text; what is no parameter is passed over. The same few come with every answer. */
export function parseMediaType(text: string): MediaType {
  let type = known.get(text);
  if (type === undefined) {
    type = takeApart(text);
    if (known.size >= maxKnown) known.clear();
    if (text.length < 200) known.set(text, type);
  }
  return type;
}

function takeApart(text: string): MediaType {
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

/** What is compared as a tree of elements. XHTML is sent by people who write HTML. */
export function markupLanguageOf({ essence }: MediaType): 'xml' | 'html' | undefined {
  if (essence === 'text/html' || essence === 'application/xhtml+xml') return 'html';
  if (essence.endsWith('+xml') || essence === 'application/xml' || essence === 'text/xml') return 'xml';
  return undefined;
}

const jsonLineTypes: ReadonlySet<string> = new Set([
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/x-jsonlines',
  'application/json-lines',
  'application/json-seq',
]);

/** A JSON value a line. */
export function isJsonLinesType({ essence }: MediaType): boolean {
  return jsonLineTypes.has(essence);
}

const scriptTypes: ReadonlySet<string> = new Set([
  'application/javascript',
  'application/x-javascript',
  'application/ecmascript',
  'application/yaml',
  'application/x-yaml',
  'application/sql',
  'application/graphql',
]);

export function isTextType({ essence }: MediaType): boolean {
  return essence.startsWith('text/') || scriptTypes.has(essence);
}

export const formType = 'application/x-www-form-urlencoded';
export const eventStreamType = 'text/event-stream';

/** The same text for types that mean the same: case, space, quotes and the order of parameters don't count. */
export function normalMediaType(text: string): string {
  const type = parseMediaType(text);
  const parameters = [...type.parameters]
    // Made up for each answer; the parts are compared without it.
    .filter(([name]) => !(name === 'boundary' && type.essence.startsWith('multipart/')))
    // JSON is UTF-8 whatever is said; the parameter has no meaning (RFC 8259, section 11).
    .filter(([name, value]) => !(isJsonType(type) && name === 'charset' && value === 'utf-8'))
    .map(([name, value]) => `${name}=${value}`)
    .sort();
  return [type.essence, ...parameters].join('; ');
}
