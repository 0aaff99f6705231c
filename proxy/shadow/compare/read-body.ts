import { createHash } from 'node:crypto';
import { decodeBody } from './decode-body.ts';
import { headerValues, listValue } from './headers.ts';
import type { JsonValue } from './json-value.ts';
import type { CompareLimits } from './limits.ts';
import { formType, isJsonType, isTextType, type MediaType, parseMediaType } from './media-type.ts';
import { parseJson } from './parse-json.ts';

/** A body as comparing and redaction see it. */
export type Body =
  | { readonly kind: 'empty' }
  | { readonly kind: 'json'; readonly value: JsonValue }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'form'; readonly text: string }
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
  if (isJsonType(type)) return readJson(bytes, limits);
  if (isTextType(type)) return readText(bytes, type, limits);
  return { ok: true, body: opaque(type.essence || 'no content-type', bytes) };
}

function readJson(bytes: Uint8Array, limits: CompareLimits): ReadBody {
  // JSON between systems is UTF-8 (RFC 8259, section 8.1); a byte order mark is not part of it.
  const text = decodeText(bytes, 'utf-8');
  if (text === undefined) return { ok: true, body: opaque('not JSON (not UTF-8)', bytes) };
  const parsed = parseJson(text, limits);
  if (parsed.ok) return { ok: true, body: { kind: 'json', value: parsed.value } };
  if (parsed.problem === 'over-limit') return { ok: false, reason: parsed.detail };
  return { ok: true, body: opaque(`not JSON (${parsed.detail})`, bytes) };
}

/** Many an old system sends JSON as text/html or text/plain: what reads as JSON is compared as that. */
function readText(bytes: Uint8Array, type: MediaType, limits: CompareLimits): ReadBody {
  const text = decodeText(bytes, type.parameters.get('charset') ?? 'utf-8');
  if (text === undefined) return { ok: true, body: opaque(`${type.essence} in an unknown charset`, bytes) };
  if (type.essence === formType) return { ok: true, body: { kind: 'form', text } };
  const parsed = /^\s*[[{]/.test(text) ? parseJson(text, limits) : undefined;
  if (parsed?.ok) return { ok: true, body: { kind: 'json', value: parsed.value } };
  return { ok: true, body: { kind: 'text', text } };
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
