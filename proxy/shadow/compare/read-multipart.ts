import { createHash } from 'node:crypto';
import { JsonNumber, type JsonValue } from './json-value.ts';
import type { CompareLimits } from './limits.ts';
import { isJsonType, isTextType, type MediaType, markupLanguageOf, parseMediaType } from './media-type.ts';
import { withoutBoundary } from './multipart.ts';
import { parseJson } from './parse-json.ts';

export type ReadMultipart =
  | { readonly ok: true; readonly value: JsonValue }
  /** Undefined: it is no multipart body that could be taken apart, and is compared by its bytes. */
  | { readonly ok: false; readonly reason: string | undefined };

const maxParts = 1000;
const maxHeadBytes = 16 * 1024;

/**
 * A multipart body (RFC 2046, section 5.1) as JSON. A form's fields (RFC 7578) are an object by their names, with
 * an array for a name that is given several times; other parts are an array. A field of plain text is that text;
 * any other part has its filename, type and further headers, and its content: JSON as JSON, text as text, else
 * the number of its bytes and their digest. What stands before the first part and behind the last is nothing.
 */
export function readMultipart(bytes: Uint8Array, type: MediaType, limits: CompareLimits): ReadMultipart {
  const boundary = type.parameters.get('boundary') ?? '';
  if (boundary === '' || boundary.length > 70) return { ok: false, reason: undefined };
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = partsOf(whole, boundary);
  if (found === undefined) return { ok: false, reason: undefined };
  if (found.length > maxParts) return { ok: false, reason: `too large: over ${maxParts} parts` };
  let nodesLeft = limits.maxNodes;
  const parts: Part[] = [];
  for (const part of found) {
    const read = readPart(part, { ...limits, maxNodes: nodesLeft }, (nodes) => {
      nodesLeft -= nodes;
    });
    if (read === undefined) return { ok: false, reason: undefined };
    if ('reason' in read) return { ok: false, reason: read.reason };
    parts.push(read);
  }
  const isForm = type.essence === 'multipart/form-data' && parts.every(({ name }) => name !== undefined);
  return { ok: true, value: isForm ? fieldsOf(parts) : parts.map(({ value }) => value) };
}

interface Part {
  readonly name: string | undefined;
  readonly value: JsonValue;
}

function fieldsOf(parts: readonly Part[]): JsonValue {
  const fields = new Map<string, JsonValue[]>();
  for (const { name = '', value } of parts) {
    const known = fields.get(name);
    if (known) known.push(value);
    else fields.set(name, [value]);
  }
  return new Map([...fields].map(([name, all]) => [name, all.length === 1 ? all[0]! : all]));
}

/** Each with its head; undefined where a delimiter is malformed or the last one is missing. */
function partsOf(whole: Buffer, boundary: string): Buffer[] | undefined {
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
  const first = delimiter.subarray(2);
  let at = whole.subarray(0, first.length).equals(first) ? first.length : endOf(whole, delimiter, 0);
  const parts: Buffer[] = [];
  while (at !== undefined && parts.length <= maxParts) {
    if (whole.toString('latin1', at, at + 2) === '--') return parts;
    const line = /^[ \t]{0,80}\r\n/.exec(whole.toString('latin1', at, at + 82));
    if (!line) return undefined;
    // The line end before a delimiter belongs to it: a part without head and content has none of its own.
    const from = at + line[0].length - 2;
    const to = whole.indexOf(delimiter, from);
    if (to < 0) return undefined;
    parts.push(whole.subarray(Math.min(from + 2, to), to));
    at = to + delimiter.length;
  }
  return at === undefined ? undefined : parts;
}

function endOf(whole: Buffer, delimiter: Buffer, from: number): number | undefined {
  const at = whole.indexOf(delimiter, from);
  return at < 0 ? undefined : at + delimiter.length;
}

const disposition =
  /^form-data(?:\s{0,9};\s{0,9}(?:name|filename)\s{0,9}=\s{0,9}(?:"(?:[^"\\]|\\.)*"|[^\s;"]+)){1,2}\s{0,9}$/i;
const parameter = /(name|filename)\s{0,9}=\s{0,9}(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/gi;

/** Undefined for a part whose head is none; a reason where its JSON is over a limit. */
function readPart(
  part: Buffer,
  limits: CompareLimits,
  onNodes: (nodes: number) => void,
): Part | { readonly reason: string } | undefined {
  const hasHead = part[0] !== 0x0d || part[1] !== 0x0a;
  const end = hasHead ? part.subarray(0, maxHeadBytes).indexOf('\r\n\r\n') : 0;
  if (end < 0) return undefined;
  const headers = headersOf(part.toString('utf8', 0, end));
  if (headers === undefined) return undefined;
  const content = part.subarray(end + (hasHead ? 4 : 2));
  const { name, filename } = namesOf(headers);
  const type = headers.get('content-type');
  headers.delete('content-type');
  const read = readContent(content, parseMediaType(type ?? 'text/plain'), headers, limits, onNodes);
  if ('reason' in read) return read;
  const isPlain = filename === undefined && type === undefined && headers.size === 0;
  if (isPlain && name !== undefined && read.content !== undefined) return { name, value: read.content };
  const members: (readonly [string, JsonValue | undefined])[] = [
    ['filename', filename],
    ['type', type],
    ['headers', headers.size === 0 ? undefined : new Map(headers)],
    ['content', read.content],
    ['bytes', read.bytes],
    ['digest', read.digest],
  ];
  return {
    name,
    value: new Map(members.filter((member): member is [string, JsonValue] => member[1] !== undefined)),
  };
}

interface Content {
  readonly content?: JsonValue;
  readonly bytes?: JsonValue;
  readonly digest?: JsonValue;
}

function readContent(
  content: Buffer,
  type: MediaType,
  headers: ReadonlyMap<string, string>,
  limits: CompareLimits,
  onNodes: (nodes: number) => void,
): Content | { readonly reason: string } {
  const isText = isJsonType(type) || isTextType(type) || markupLanguageOf(type) !== undefined;
  const text = isText && !headers.has('content-transfer-encoding') ? utf8(content) : undefined;
  if (text !== undefined) {
    if (!isJsonType(type)) return { content: text };
    const parsed = parseJson(text, limits, onNodes);
    if (parsed.ok) return { content: parsed.value };
    if (parsed.problem === 'over-limit') return { reason: parsed.detail };
  }
  const hashed = type.essence.startsWith('multipart/') ? withoutBoundary(content, type) : content;
  const digest = createHash('sha256').update(hashed).digest('hex').slice(0, 12);
  return { bytes: new JsonNumber(String(hashed.byteLength)), digest };
}

/** By lower-case names; undefined where a line is no header. */
function headersOf(head: string): Map<string, string> | undefined {
  const headers = new Map<string, string>();
  for (const line of head === '' ? [] : head.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon < 1) return undefined;
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return headers;
}

/** Takes a form's disposition out of the headers; any other stays there as it is. */
function namesOf(headers: Map<string, string>): { name?: string; filename?: string } {
  const text = headers.get('content-disposition') ?? '';
  if (text.length > 2048 || !disposition.test(text)) return {};
  const names: { name?: string; filename?: string } = {};
  for (const [, key = '', quoted, plain = ''] of text.matchAll(parameter))
    names[key.toLowerCase() as 'name' | 'filename'] ??= quoted?.replaceAll(/\\(.)/g, '$1') ?? plain;
  if (names.name !== undefined) headers.delete('content-disposition');
  else return {};
  return names;
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
