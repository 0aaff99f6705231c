import {
  type AnswerChecker,
  type CheckedAnswer,
  createAnswerChecker,
  type Misfit,
} from '../openapi/check-answer.ts';
import type { ApiDocument } from '../openapi/document.ts';
import { decodeBody } from './compare/decode-body.ts';
import { headerValues, listValue } from './compare/headers.ts';
import type { CompareLimits } from './compare/limits.ts';
import { parseMediaType } from './compare/media-type.ts';
import type { Answer, ComparedPair, CompleteAnswer, Pair } from './pair.ts';
import type { Redactor } from './redact.ts';
import { foldKey } from './signature.ts';

/** A service's description, as the comparer's thread gets it. */
export interface Description {
  readonly hash: string;
  readonly document: ApiDocument;
  /** `''` or `/base`, of the service's upstream. */
  readonly basePath: string;
  /** Of routes that are rewritten, by route id. */
  readonly rewrites: Readonly<Record<string, { readonly template: string; readonly rewrite: string }>>;
}

/** Holds both answers of a pair against the service's description. */
export type CheckDescribed = (pair: Pair) => ComparedPair['described'];

export function compileDescription(
  { hash, document, basePath, rewrites }: Description,
  redactor: Redactor,
  limits: CompareLimits,
): CheckDescribed {
  let checker: AnswerChecker | undefined;
  const textOf = (misfit: Misfit) => misfitText(misfit, redactor);
  return ({ route, request, monolith, service }) => {
    checker ??= createAnswerChecker(document);
    const { method, target } = request;
    const path = servicePath(target, rewrites[route]);
    const paths = basePath === '' ? [path] : [path, [...basePath.split('/').slice(1), ...path]];
    const check = (answer: Answer) =>
      answer.outcome === 'complete'
        ? checker!.check(method, paths, checked(answer, limits))?.map(textOf)
        : undefined;
    const ofMonolith = check(monolith);
    const ofService = areSame(monolith, service) ? ofMonolith : check(service);
    return {
      hash,
      ...(ofMonolith && { monolith: [...new Set(ofMonolith)] }),
      ...(ofService && { service: [...new Set(ofService)] }),
    };
  };
}

/** The segments of the path that the service sees; of a rewritten route, the template's, parameters as `{name}`. */
function servicePath(target: string, rewritten: Description['rewrites'][string] | undefined): string[] {
  const path = target.split('?')[0]!.split('/').slice(1);
  if (!rewritten) return path.map(decoded);
  const rewrite = rewritten.rewrite.split('/').slice(1);
  if (rewrite.at(-1) !== '**') return rewrite;
  const kept = path.slice(rewritten.template.split('/').length - 2);
  return [...rewrite.slice(0, -1), ...kept.map(decoded)];
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function areSame(one: Answer, other: Answer): boolean {
  if (one.outcome !== 'complete' || other.outcome !== 'complete') return false;
  const typeOf = ({ headers }: CompleteAnswer) => headerValues(headers).get('content-type')?.join();
  return (
    one.status === other.status && typeOf(one) === typeOf(other) && Buffer.compare(one.body, other.body) === 0
  );
}

function checked({ status, headers, body }: CompleteAnswer, limits: CompareLimits): CheckedAnswer {
  const values = headerValues(headers);
  return {
    status,
    mediaType: parseMediaType(values.get('content-type')?.[0] ?? '').essence,
    headerNames: new Set(values.keys()),
    json() {
      const read = decodeBody(body, listValue(values.get('content-encoding') ?? []), limits);
      if (!read.ok) return { ok: false, isRead: false };
      try {
        return { ok: true, value: JSON.parse(Buffer.from(read.bytes).toString('utf8')) };
      } catch {
        return { ok: false, isRead: true };
      }
    },
  };
}

const maxTextChars = 200;

/** `/price must be number, not string`: no value, and no name that might be one. */
function misfitText({ path, text, name }: Misfit, redactor: Redactor): string {
  const place =
    path === undefined
      ? ''
      : path.length === 0
        ? 'the body '
        : `/${path.map((part) => (/^\d+$/.test(part) ? '*' : foldKey(part))).join('/')} `;
  const made = name === undefined ? '' : ` ${foldKey(name)}`;
  return redactor.text(`${place}${text}${made}`).slice(0, maxTextChars);
}
