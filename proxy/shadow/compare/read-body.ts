import { createHash } from 'node:crypto';
import { decodeBody } from './decode-body.ts';
import { headerValues, listValue } from './headers.ts';
import type { JsonObject, JsonValue } from './json-value.ts';
import type { CompareLimits } from './limits.ts';
import type { MarkupElement } from './markup.ts';
import {
  eventStreamType,
  formType,
  isJsonLinesType,
  isJsonType,
  isTextType,
  type MediaType,
  markupLanguageOf,
  parseMediaType,
} from './media-type.ts';
import { withoutBoundary } from './multipart.ts';
import { parseHtml } from './parse-html.ts';
import { type ParsedJson, parseJson } from './parse-json.ts';
import { parseXml } from './parse-xml.ts';
import { readEventStream } from './read-event-stream.ts';
import { readForm } from './read-form.ts';
import { readJsonLines } from './read-json-lines.ts';
import { readMultipart } from './read-multipart.ts';

/** A body as comparing and redaction see it. */
export type Body =
  | { readonly kind: 'empty' }
  | { readonly kind: 'json'; readonly value: JsonValue }
  /** Compared as JSON: an array of what stood a line or was an event, an object of fields. */
  | { readonly kind: 'lines' | 'events' | 'parts'; readonly value: JsonValue }
  | { readonly kind: 'form'; readonly value: JsonObject }
  | { readonly kind: 'xml' | 'html'; readonly root: MarkupElement }
  | { readonly kind: 'text'; readonly text: string }
  | Opaque;

/** Bytes that are not looked into. */
export interface Opaque {
  readonly kind: 'opaque';
  /** `image/png`, or `not JSON (line 1, column 5: …)` for what says to be JSON. */
  readonly description: string;
  readonly byteLength: number;
  /** Equal for equal bytes. */
  readonly digest: string;
}

export type ReadBody =
  | { readonly ok: true; readonly body: Body }
  /** `too deep: …`, `too large: …`, `not valid gzip`. */
  | { readonly ok: false; readonly reason: string };

/** Decodes and reads a body by what its headers (flat list) say of it. Never throws. */
export function readBody(
  headers: readonly string[],
  transferred: Uint8Array,
  limits: CompareLimits,
): ReadBody {
  const values = headerValues(headers);
  const decoded = decodeBody(transferred, listValue(values.get('content-encoding') ?? []), limits);
  if (!decoded.ok) return decoded;
  const { bytes } = decoded;
  if (bytes.byteLength === 0) return { ok: true, body: { kind: 'empty' } };
  const type = parseMediaType(values.get('content-type')?.[0] ?? '');
  if (isJsonType(type)) return readJson(bytes, 'json', limits);
  if (isJsonLinesType(type)) return readJson(bytes, 'lines', limits);
  if (type.essence === formType) return readFormBody(bytes, limits);
  if (isTextType(type) || markupLanguageOf(type)) return readText(bytes, type, limits);
  if (type.essence.startsWith('multipart/')) return readParts(bytes, type, limits);
  return { ok: true, body: opaque(type.essence || 'no content-type', bytes) };
}

function readParts(bytes: Uint8Array, type: MediaType, limits: CompareLimits): ReadBody {
  const read = readMultipart(bytes, type, limits);
  if (read.ok) return { ok: true, body: { kind: 'parts', value: read.value } };
  if (read.reason !== undefined) return { ok: false, reason: read.reason };
  return { ok: true, body: opaque(type.essence, withoutBoundary(bytes, type)) };
}

function readJson(bytes: Uint8Array, kind: 'json' | 'lines', limits: CompareLimits): ReadBody {
  // JSON between systems is UTF-8 (RFC 8259, section 8.1); a byte order mark is not part of it.
  const text = decodeText(bytes, 'utf-8');
  if (text === undefined) return { ok: true, body: opaque('not JSON (not UTF-8)', bytes) };
  const parsed = kind === 'json' ? parseJson(text, limits) : readJsonLines(text, limits);
  return parsedBody(kind, parsed, bytes);
}

function parsedBody(kind: 'json' | 'lines' | 'events', parsed: ParsedJson, bytes: Uint8Array): ReadBody {
  if (parsed.ok) return { ok: true, body: { kind, value: parsed.value } };
  if (parsed.problem === 'over-limit') return { ok: false, reason: parsed.detail };
  return { ok: true, body: opaque(`not JSON (${parsed.detail})`, bytes) };
}

function readFormBody(bytes: Uint8Array, limits: CompareLimits): ReadBody {
  const text = decodeText(bytes, 'utf-8');
  if (text === undefined) return { ok: true, body: opaque('a form that is not UTF-8', bytes) };
  const value = readForm(text, limits.maxNodes);
  if (value === undefined) return { ok: false, reason: `too large: over ${limits.maxNodes} fields` };
  return { ok: true, body: { kind: 'form', value } };
}

/** Many an old system sends JSON as text/html or text/plain: what reads as JSON is compared as that. */
function readText(bytes: Uint8Array, type: MediaType, limits: CompareLimits): ReadBody {
  const charset = type.parameters.get('charset') ?? declaredEncoding(bytes, type) ?? 'utf-8';
  const text = decodeText(bytes, charset);
  if (text === undefined) return { ok: true, body: opaque(`${type.essence} in an unknown charset`, bytes) };
  if (type.essence === eventStreamType) return parsedBody('events', readEventStream(text, limits), bytes);
  const json = /^\s*[[{]/.test(text) ? parseJson(text, limits) : undefined;
  if (json?.ok) return { ok: true, body: { kind: 'json', value: json.value } };
  const language = markupLanguageOf(type);
  if (language === undefined) return { ok: true, body: { kind: 'text', text } };
  const parsed = language === 'xml' ? parseXml(text, limits) : parseHtml(text, limits);
  if (parsed.ok) return { ok: true, body: { kind: language, root: parsed.root } };
  if (parsed.problem === 'over-limit') return { ok: false, reason: parsed.detail };
  return { ok: true, body: opaque(`not XML (${parsed.detail})`, bytes) };
}

/** XML says its encoding itself where no header does. */
function declaredEncoding(bytes: Uint8Array, type: MediaType): string | undefined {
  if (markupLanguageOf(type) !== 'xml') return undefined;
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 200)).toString(
    'latin1',
  );
  return /^<\?xml[^>]{0,100}?encoding\s{0,9}=\s{0,9}["']([\w.-]{1,40})["']/.exec(start)?.[1];
}

function decodeText(bytes: Uint8Array, charset: string): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function opaque(description: string, bytes: Uint8Array): Opaque {
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  return { kind: 'opaque', description, byteLength: bytes.byteLength, digest };
}
