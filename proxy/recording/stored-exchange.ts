import type { PairRow } from '../store/model.ts';
import type { RecordedAnswer, RecordedBody, RecordedExchange } from './schema.ts';

/** A stored pair that differs, as an exchange to replay: redacted as it is stored. */
export function exchangeOfStored(pair: PairRow): RecordedExchange | undefined {
  const { id, at, migration, route, control, request, differences } = pair;
  if (request === undefined || !request.target.startsWith('/')) return undefined;
  const body = storedBody(request.body, request.headers);
  const stored = pair[control];
  return {
    id,
    at: new Date(at).toISOString(),
    migration,
    route,
    request: {
      method: request.method,
      target: request.target,
      headers: withoutWire(request.headers),
      ...(body && { body }),
    },
    control,
    ...(stored && {
      answer: storedAnswer(stored, control === 'monolith' ? pair.monolithMs : pair.serviceMs),
    }),
    differences: differences.map(({ signature, pattern: place, kind }) => ({ signature, place, kind })),
  };
}

type Stored = NonNullable<PairRow['monolith']>;

function storedAnswer({ status, headers, body: text, detail }: Stored, durationMs: number): RecordedAnswer {
  const body = storedBody(text, headers);
  return {
    ...(status !== undefined && { status }),
    headers: withoutWire(headers),
    ...(body && { body }),
    durationMs,
    ...(detail !== undefined && { detail }),
  };
}

/** Texts are stored for people: a note where there was nothing to show, and another where it was cut. */
function storedBody(text: string, headers: readonly string[]): RecordedBody | undefined {
  if (text === '') return undefined;
  if (text.endsWith('… <cut>')) return { omitted: 'cut when it was stored' };
  if (/^<\d+ bytes, not read: /.test(text) || (/^<[^<>]*>$/.test(text) && !isMarkup(headers)))
    return { omitted: text };
  return { text: quotedRedactions(text) };
}

function isMarkup(headers: readonly string[]): boolean {
  return headers.some(
    (value, index) => index % 2 === 1 && /^(text|application)\/[\w.+-]*(html|xml)/i.test(value),
  );
}

/** Of a body shown as indented JSON: a hidden number stands there bare, and would be no JSON. */
function quotedRedactions(text: string): string {
  return text.replace(/^(\s*(?:"(?:[^"\\]|\\.)*": )?)(‹redacted:[0-9a-f]{8}›)(,?)$/gm, '$1"$2"$3');
}

function withoutWire(flat: readonly string[]): string[] {
  return flat.filter((_, index) => {
    const name = flat[index - (index % 2)]?.toLowerCase();
    return name !== 'content-encoding' && name !== 'content-length' && name !== 'transfer-encoding';
  });
}
