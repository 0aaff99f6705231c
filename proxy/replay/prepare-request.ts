import { reveal } from '../recording/redacted.ts';
import type { RecordedBody, RecordedExchange } from '../recording/schema.ts';
import { isSafeMethod } from '../routing/model.ts';
import type { CapturedRequest } from '../shadow/pair.ts';
import { hasRedaction } from '../shadow/redaction.ts';

export interface Preparation {
  /** Redaction to what it stands for. */
  readonly secrets: ReadonlyMap<string, string>;
  /** In place of what was recorded, name and value. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly unsafe: 'skip' | 'dry-run' | 'send';
}

/** Why an exchange is not sent. */
export type SkipReason =
  | 'unsafe method'
  | 'redacted path or query'
  | 'redacted body'
  | 'body not recorded'
  | 'other migration'
  | 'no route'
  | 'no recorded answer'
  | 'upgrade'
  | 'not sendable';

export type Prepared =
  | { readonly ok: true; readonly request: CapturedRequest }
  | { readonly ok: false; readonly reason: SkipReason };

/** Makes of a recorded request what is sent: secrets put back where they are known, and nothing that belonged to a connection. */
export function prepareRequest({ request }: RecordedExchange, preparation: Preparation): Prepared {
  const { method } = request;
  if (!isSafeMethod(method) && preparation.unsafe === 'skip') return skipped('unsafe method');
  if (method === 'CONNECT' || method === 'TRACE') return skipped('not sendable');
  const target = reveal(request.target, preparation.secrets);
  if (hasRedaction(target)) return skipped('redacted path or query');
  if (!/^\/[\x21-\x7e\x80-\xff]*$/.test(target)) return skipped('not sendable');
  const headers = prepareHeaders(request.headers, preparation);
  if (headers === undefined) return skipped('upgrade');
  const body = prepareBody(request.body, preparation.secrets);
  if ('reason' in body) return skipped(body.reason);
  return { ok: true, request: { method, target, headers, body: body.bytes } };
}

function skipped(reason: SkipReason): Prepared {
  return { ok: false, reason };
}

/** Of one connection, or made anew by whoever sends (RFC 9110, section 7.6.1). */
const notSent = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'content-length',
  'expect',
  'http2-settings',
  'ficus-shadow',
]);

const fieldName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Undefined for a request to change the protocol, which is no exchange of two messages. */
function prepareHeaders(flat: readonly string[], { secrets, headers }: Preparation): string[] | undefined {
  const replaced = new Set(headers.map(([name]) => name.toLowerCase()));
  const prepared: string[] = [];
  for (let index = 0; index + 1 < flat.length; index += 2) {
    const name = (flat[index] as string).toLowerCase();
    if (name === 'upgrade') return undefined;
    if (notSent.has(name) || replaced.has(name)) continue;
    const value = reveal(flat[index + 1] as string, secrets);
    if (hasRedaction(value) || !fieldName.test(name) || !fieldValue.test(value)) continue;
    prepared.push(flat[index] as string, value);
  }
  for (const [name, value] of headers) prepared.push(name, value);
  return prepared;
}

function prepareBody(
  body: RecordedBody | undefined,
  secrets: ReadonlyMap<string, string>,
): { readonly bytes: Uint8Array } | { readonly reason: SkipReason } {
  if (body === undefined) return { bytes: new Uint8Array() };
  if ('omitted' in body) return { reason: 'body not recorded' };
  if ('base64' in body) return { bytes: Buffer.from(body.base64, 'base64') };
  const text = reveal(body.text, secrets);
  return hasRedaction(text) ? { reason: 'redacted body' } : { bytes: Buffer.from(text) };
}

/** `Authorization: Bearer x` as name and value, or what is wrong with it. */
export function readHeader(text: string): readonly [name: string, value: string] | string {
  const colon = text.indexOf(':');
  const [name, value] = [text.slice(0, colon).trim(), text.slice(colon + 1).trim()];
  if (colon < 1 || !fieldName.test(name) || !fieldValue.test(value)) {
    return `--header wants "Name: value", not ${JSON.stringify(colon < 1 ? text : `${name}: …`)}`;
  }
  if (notSent.has(name.toLowerCase())) return `--header can't set ${name}: it belongs to the connection`;
  return [name, value];
}
