import { describeOpaque } from './compare/compare-bodies.ts';
import type { ReadAnswer } from './compare/compare-pair.ts';
import type { CompareLimits } from './compare/limits.ts';
import { stepInto } from './compare/place-tree.ts';
import { printable, printableLine, shortened } from './compare/printable.ts';
import { type Body, readBody } from './compare/read-body.ts';
import { writeForm } from './compare/read-form.ts';
import { writeJson } from './compare/write-json.ts';
import { writeMarkup } from './compare/write-markup.ts';
import type { Answer, CapturedRequest, ComparedPair, StoredAnswer } from './pair.ts';
import type { Redactor } from './redact.ts';
import { type RedactedPlaces, redactBody } from './redact-answer.ts';
import { redactHeaders } from './redact-headers.ts';
import { redactTarget } from './redact-query.ts';

/** What making a text that is kept takes. */
export interface TextContext {
  readonly redactor: Redactor;
  readonly redacted: RedactedPlaces;
  readonly limits: CompareLimits;
}

export function requestTexts(
  request: CapturedRequest,
  context: TextContext,
): NonNullable<ComparedPair['request']> {
  return {
    method: request.method,
    target: line(redactTarget(request.target, context.redactor)),
    headers: redactedHeaders(request.headers, context),
    body: bodyAsSent(request.headers, request.body, context),
  };
}

/** Of an answer as it was captured, which may be none or one that can't be read. */
export function answerTexts(answer: Answer, context: TextContext): StoredAnswer {
  if (answer.outcome === 'hashed') {
    const { status, headers, bytes, detail } = answer;
    const note = `<${bytes} bytes, not kept: ${detail}>`;
    return { status, headers: redactedHeaders(headers, context), body: line(note) };
  }
  if (answer.outcome !== 'complete') {
    return {
      headers: [],
      body: '',
      detail: line(context.redactor.text(`${answer.outcome}: ${answer.detail}`)),
    };
  }
  const { status, headers, body } = answer;
  return { status, headers: redactedHeaders(headers, context), body: bodyAsSent(headers, body, context) };
}

/** Of an answer that is read and redacted already. */
export function redactedAnswerTexts(
  { status, headers, body }: ReadAnswer,
  limits: CompareLimits,
): StoredAnswer {
  return { status, headers: headers.map(line), body: bodyText(body, limits) };
}

function redactedHeaders(headers: readonly string[], { redactor, redacted }: TextContext): string[] {
  return redactHeaders(headers, redactor, stepInto(redacted, 'header')).map(line);
}

function bodyAsSent(headers: readonly string[], bytes: Uint8Array, context: TextContext): string {
  const read = readBody(headers, bytes, context.limits);
  if (!read.ok) return line(`<${bytes.byteLength} bytes, not read: ${read.reason}>`);
  return bodyText(redactBody(read.body, context.redactor, context.redacted), context.limits);
}

/** A redacted body for people to read, side by side with another: JSON indented, bytes as a note, cut at the limit. */
function bodyText(body: Body, { maxStoredBodyChars: most }: CompareLimits): string {
  switch (body.kind) {
    case 'empty':
      return '';
    case 'json':
    case 'lines':
    case 'events':
    case 'parts':
      // One character more than is kept: where there is one, the note says that more was cut.
      return printable(shortened(writeJson(body.value, 'indented', most + 1), most));
    case 'xml':
    case 'html':
      return printable(shortened(writeMarkup(body.root, 'indented', most + 1), most));
    case 'form':
      return printable(shortened(writeForm(body.value, most + 1), most));
    case 'text':
      return printable(shortened(body.text, most));
    case 'opaque':
      return line(`<${describeOpaque(body)}>`);
  }
}

/** Most characters kept of a header's value, a target or a failure. */
const maxLineChars = 2048;

export function line(text: string): string {
  return printableLine(shortened(text, maxLineChars));
}
