import type { Place } from '../routing/model.ts';
import type { ReadAnswer } from './compare/compare-pair.ts';
import { bodyRoot, type Matches, placeTree, stepInto } from './compare/place-tree.ts';
import type { Body } from './compare/read-body.ts';
import type { Redactor } from './redact.ts';
import { redactHeaders } from './redact-headers.ts';
import { redactJson } from './redact-json.ts';
import { redactMarkup } from './redact-markup.ts';

/** A migration's `redact` places, compiled. */
export type RedactedPlaces = Matches<'redact'>;

export function compileRedaction(places: readonly Place[]): RedactedPlaces {
  return placeTree(places.map((place) => [place, 'redact'] as const));
}

const digestsOfParts = bodyRoot(compileRedaction(['body:/*/digest', 'body:/*/*/digest']));

export function redactAnswer(answer: ReadAnswer, redactor: Redactor, places: RedactedPlaces): ReadAnswer {
  return {
    status: answer.status,
    headers: redactHeaders(answer.headers, redactor, stepInto(places, 'header')),
    body: redactBody(answer.body, redactor, places),
  };
}

export function redactBody(body: Body, redactor: Redactor, places: RedactedPlaces): Body {
  const root = bodyRoot(places);
  const isConfigured = root.some(({ marks }) => marks.length > 0);
  switch (body.kind) {
    case 'empty':
      return body;
    case 'json':
    case 'lines':
    case 'events':
      return { kind: body.kind, value: redactJson(body.value, redactor, root) };
    case 'parts':
      // As below: of a short part, a plain hash would tell the content.
      return { kind: 'parts', value: redactJson(body.value, redactor, [...root, ...digestsOfParts]) };
    case 'form':
      return { kind: 'form', value: redactJson(body.value, redactor, root) as typeof body.value };
    case 'xml':
    case 'html':
      return { kind: body.kind, root: redactMarkup(body.root, redactor, root) };
    case 'text':
      return { kind: 'text', text: isConfigured ? redactor.hide(body.text) : redactor.text(body.text) };
    case 'opaque':
      // Of a short body, a plain hash would tell the content to whoever tries out all likely ones.
      return { ...body, description: redactor.text(body.description), digest: redactor.hide(body.digest) };
  }
}
