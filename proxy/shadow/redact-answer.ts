import type { Place } from '../routing/model.ts';
import type { ReadAnswer } from './compare/compare-pair.ts';
import { bodyRoot, placeTree, stepInto } from './compare/place-tree.ts';
import type { Body } from './compare/read-body.ts';
import { hideWhole, ownRule, type RedactedPlaces, type Redactor, ruleHere } from './redact.ts';
import { redactHeaders } from './redact-headers.ts';
import { redactJson } from './redact-json.ts';
import { redactMarkup } from './redact-markup.ts';

export type { RedactedPlaces };

export function compileRedaction(places: readonly Place[]): RedactedPlaces {
  return placeTree(places.map((place) => [place, place] as const));
}

const digestsOfParts = bodyRoot(
  placeTree([
    ['body:/*/digest', ownRule],
    ['body:/*/*/digest', ownRule],
  ]),
);

export function redactAnswer(answer: ReadAnswer, redactor: Redactor, places: RedactedPlaces): ReadAnswer {
  return {
    status: answer.status,
    headers: redactHeaders(answer.headers, redactor, stepInto(places, 'header')),
    body: redactBody(answer.body, redactor, places),
  };
}

export function redactBody(body: Body, redactor: Redactor, places: RedactedPlaces): Body {
  const root = bodyRoot(places);
  const rule = ruleHere(root);
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
      return {
        kind: 'text',
        text: rule === undefined ? redactor.text(body.text) : hideWhole(redactor, body.text, rule, false),
      };
    case 'opaque':
      // Of a short body, a plain hash would tell the content to whoever tries out all likely ones.
      return { ...body, description: redactor.text(body.description), digest: redactor.hide(body.digest) };
  }
}
