import type { JsonValue } from '../shadow/compare/json-value.ts';
import type { CompareLimits } from '../shadow/compare/limits.ts';
import { stepInto } from '../shadow/compare/place-tree.ts';
import { type Body, readBody } from '../shadow/compare/read-body.ts';
import { writeEventStream } from '../shadow/compare/read-event-stream.ts';
import { encodeForm } from '../shadow/compare/read-form.ts';
import type { Answer } from '../shadow/pair.ts';
import type { RecordedExchange as LiveExchange } from '../shadow/recorded-exchange.ts';
import type { Redactor } from '../shadow/redact.ts';
import { type RedactedPlaces, redactBody } from '../shadow/redact-answer.ts';
import { redactHeaders } from '../shadow/redact-headers.ts';
import { redactTarget } from '../shadow/redact-query.ts';
import { writeDocument } from '../shadow/write-document.ts';
import type { RecordedAnswer, RecordedBody, RecordedExchange } from './schema.ts';
import { writeRecordedJson } from './write-recorded-json.ts';

export interface RecordContext {
  readonly redactor: Redactor;
  readonly redacted: RedactedPlaces;
  readonly limits: CompareLimits;
}

/** What is kept of an exchange: everything that is needed to send it again, and no secret. */
export function recordExchange(live: LiveExchange, context: RecordContext): RecordedExchange {
  const { id, at, migration, route, control, request } = live;
  const body = recordBody(request.headers, request.body, context);
  return {
    id,
    at,
    migration,
    route,
    request: {
      method: request.method,
      target: redactTarget(request.target, context.redactor),
      headers: recordHeaders(request.headers, context),
      ...(body && { body }),
    },
    control,
    answer: recordAnswer(live.answer, context),
  };
}

function recordAnswer(answer: Answer, context: RecordContext): RecordedAnswer {
  const { durationMs } = answer;
  if (answer.outcome === 'complete') {
    const body = recordBody(answer.headers, answer.body, context);
    return {
      status: answer.status,
      headers: recordHeaders(answer.headers, context),
      ...(body && { body }),
      durationMs,
    };
  }
  const detail = context.redactor.text(answer.detail);
  if (answer.outcome !== 'hashed') return { headers: [], detail: `${answer.outcome}: ${detail}`, durationMs };
  return {
    status: answer.status,
    headers: recordHeaders(answer.headers, context),
    body: { omitted: `<${answer.bytes} bytes, ${detail}>` },
    durationMs,
  };
}

/** Bodies are kept decoded, so what described their coding and length on the wire goes. */
const wireHeaders = new Set(['content-encoding', 'content-length', 'transfer-encoding']);

function recordHeaders(flat: readonly string[], { redactor, redacted }: RecordContext): string[] {
  const kept: string[] = [];
  for (let index = 0; index + 1 < flat.length; index += 2) {
    const [name = '', value = ''] = [flat[index], flat[index + 1]];
    if (!wireHeaders.has(name.toLowerCase())) kept.push(name, value);
  }
  return redactHeaders(kept, redactor, stepInto(redacted, 'header'));
}

function recordBody(
  headers: readonly string[],
  bytes: Uint8Array,
  context: RecordContext,
): RecordedBody | undefined {
  const read = readBody(headers, bytes, context.limits);
  if (!read.ok)
    return { omitted: context.redactor.text(`<${bytes.byteLength} bytes, not read: ${read.reason}>`) };
  return keptBody(redactBody(read.body, context.redactor, context.redacted), bytes.byteLength);
}

function elementsOf(value: JsonValue): readonly JsonValue[] {
  return Array.isArray(value) ? value : [value];
}

/** Of bytes that no detector can look into, only the kind is kept. */
function keptBody(body: Body, byteLength: number): RecordedBody | undefined {
  switch (body.kind) {
    case 'empty':
      return undefined;
    case 'json':
      return { text: writeRecordedJson(body.value) };
    case 'lines':
      return {
        text: elementsOf(body.value)
          .map((each) => `${writeRecordedJson(each)}\n`)
          .join(''),
      };
    case 'events':
      return { text: writeEventStream(body.value, writeRecordedJson) };
    case 'form':
      return { text: encodeForm(body.value) };
    case 'xml':
    case 'html':
      return { text: writeDocument(body.root, body.kind) };
    case 'text':
      return { text: body.text };
    case 'parts':
      return { omitted: `<multipart, ${byteLength} bytes>` };
    case 'opaque':
      return { omitted: `<${body.description}, ${byteLength} bytes>` };
  }
}
