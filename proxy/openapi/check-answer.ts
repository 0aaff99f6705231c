import { createRequire } from 'node:module';
import type { ErrorObject, ValidateFunction } from 'ajv';
import type * as Ajv from 'ajv/dist/2020.js';
import { mayTakeForEver } from '../config/read-pattern.ts';
import { type ApiDocument, isObject, resolved } from './document.ts';
import { toJsonSchema, versionOf } from './json-schema.ts';
import { findOperation, type Operation, operationsOf, serverPaths } from './operations.ts';

export interface CheckedAnswer {
  readonly status: number;
  /** Lower-case, without parameters; empty where there is none. */
  readonly mediaType: string;
  /** Lower-case names. */
  readonly headerNames: ReadonlySet<string>;
  /** The body, or why it is none. Asked for only where a schema is there for it. */
  readonly json: () =>
    | { readonly ok: true; readonly value: unknown }
    | { readonly ok: false; readonly isRead: boolean };
}

/** One thing that does not fit. `path`: property names and indexes in the body; absent for status and headers. */
export interface Misfit {
  readonly path?: readonly string[];
  readonly text: string;
  /** A name that the answer made up, to be shown with care. */
  readonly name?: string;
}

export interface AnswerChecker {
  /**
   * What of an answer does not fit the description; empty where all of it does. Undefined for what is not to be held
   * against it: failures, and paths nobody knows that are answered so. `paths`: the request's path as the service
   * sees it, in segments, as several bases have it. Never throws.
   */
  check(
    method: string,
    paths: readonly (readonly string[])[],
    answer: CheckedAnswer,
  ): readonly Misfit[] | undefined;
}

const require = createRequire(import.meta.url);
const root = 'ficus:description';
const maxMisfits = 8;
/** Longer texts are not matched: even a harmless pattern may take quadratic time. */
const maxMatchedChars = 10_000;

/** Compiles what it needs when it is needed first, once. */
export function createAnswerChecker(document: ApiDocument): AnswerChecker {
  const operations = operationsOf(document);
  const bases = serverPaths(document).map((path) => path.split('/').slice(1));
  const validatorOf = validators(document);

  return {
    check(method, paths, answer) {
      const operation = paths
        .flatMap((segments) => bases.flatMap((base) => under(base, segments)))
        .map((segments) => findOperation(operations, method, segments))
        .find((found) => found !== undefined);
      // What failed, what is not modified and what goes on is not what a description is about.
      const { status } = answer;
      if (status === 304 || status < 200) return undefined;
      if (!operation) {
        if (status === 404 || status === 405 || status >= 500) return undefined;
        return [{ text: 'the description does not have this operation' }];
      }
      return checkAgainst(document, operation, method, answer, validatorOf);
    },
  };
}

/** A text says why the schema can't be used. */
type ValidatorOf = (schema: unknown) => ValidateFunction | string;

function checkAgainst(
  document: ApiDocument,
  { operation }: Operation,
  method: string,
  answer: CheckedAnswer,
  validatorOf: ValidatorOf,
): readonly Misfit[] | undefined {
  const responses = resolved(document, operation['responses']);
  const response = isObject(responses) ? responseFor(document, responses, answer.status) : undefined;
  if (!response) {
    if (answer.status >= 500) return undefined;
    return [{ text: `status ${answer.status} is not described` }];
  }
  const misfits: Misfit[] = missingHeaders(document, response, answer);
  const content = resolved(document, response['content']);
  const types = isObject(content) ? Object.keys(content) : [];
  if (method === 'HEAD' || answer.status === 204 || types.length === 0) return misfits;
  const type = types
    .toSorted((a, b) => Number(a.includes('*')) - Number(b.includes('*')))
    .find((one) => coversType(one, answer.mediaType));
  if (type === undefined) {
    const got = answer.mediaType === '' ? 'no content-type' : `content-type ${answer.mediaType}`;
    return [...misfits, { text: `${got} is not described (${types.join(', ')})`.slice(0, 200) }];
  }
  const media = (content as Record<string, unknown>)[type];
  const schema = isObject(media) ? media['schema'] : undefined;
  if (schema === undefined || !/[/+]json$/.test(answer.mediaType)) return misfits;
  const validate = validatorOf(schema);
  if (typeof validate === 'string') return [...misfits, { text: validate }];
  const body = answer.json();
  if (!body.ok) return body.isRead ? [...misfits, { text: 'the body is no JSON' }] : misfits;
  if (validate(body.value)) return misfits;
  return [...misfits, ...bodyMisfits(validate.errors ?? [])].slice(0, maxMisfits);
}

function under(base: readonly string[], segments: readonly string[]): (readonly string[])[] {
  const isUnder = base.every((part, i) => part === segments[i]);
  return isUnder ? [segments.slice(base.length)] : [];
}

/** The status itself, its class (`4XX`), or the default. */
function responseFor(
  document: ApiDocument,
  responses: Readonly<Record<string, unknown>>,
  status: number,
): Readonly<Record<string, unknown>> | undefined {
  const hundreds = Math.floor(status / 100);
  const written =
    responses[String(status)] ??
    responses[`${hundreds}XX`] ??
    responses[`${hundreds}xx`] ??
    responses['default'];
  const response = resolved(document, written);
  return isObject(response) ? response : undefined;
}

function missingHeaders(
  document: ApiDocument,
  response: Readonly<Record<string, unknown>>,
  { headerNames }: CheckedAnswer,
): Misfit[] {
  const headers = resolved(document, response['headers']);
  if (!isObject(headers)) return [];
  return Object.entries(headers).flatMap(([name, written]) => {
    const header = resolved(document, written);
    const isMissing = isObject(header) && header['required'] === true && !headerNames.has(name.toLowerCase());
    return isMissing ? [{ text: `header ${name.toLowerCase()} must be there` }] : [];
  });
}

/** `application/json`, `application/*` or any type. */
function coversType(described: string, mediaType: string): boolean {
  const essence = described.split(';')[0]!.trim().toLowerCase();
  if (essence === '*/*') return true;
  return essence.endsWith('/*') ? mediaType.startsWith(essence.slice(0, -1)) : essence === mediaType;
}

function validators(document: ApiDocument): ValidatorOf {
  const version = versionOf(document);
  // Loaded when the first description is there: it takes as long as everything else that the comparer loads.
  const { Ajv2020 } = require('ajv/dist/2020.js') as typeof Ajv;
  const addFormats = (require('ajv-formats') as { default: (ajv: Ajv.Ajv2020) => void }).default;
  const ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    verbose: true,
    logger: false,
    addUsedSchema: false,
    validateSchema: false,
    code: { regExp: Object.assign(boundedRegExp, { code: 'boundedRegExp' }), process: joinInPlace },
  });
  addFormats(ajv);
  const schemas = isObject(document.components) ? document.components['schemas'] : undefined;
  const converted = isObject(schemas)
    ? Object.fromEntries(Object.entries(schemas).map(([name, one]) => [name, toJsonSchema(one, version)]))
    : {};
  ajv.addSchema({ $id: root, components: { schemas: converted } });
  const compiled = new Map<unknown, ValidateFunction | string>();
  return (schema) => {
    let validate = compiled.get(schema);
    if (validate === undefined) {
      try {
        validate = ajv.compile(fromRoot(toJsonSchema(schema, version)) as object);
      } catch (error) {
        validate = `the description's own schema can't be used: ${(error as Error).message.slice(0, 120)}`;
      }
      compiled.set(schema, validate);
    }
    return validate;
  };
}

/** ajv copies all errors so far for each reference that has some: a list of references took time by its square. */
function joinInPlace(code: string): string {
  const joined = '$1.errors.reduce((all, one) => (all.push(one), all), vErrors)';
  return code.replaceAll(/\bvErrors\.concat\(([\w$]+)\.errors\)/g, joined);
}

/** References are relative to the document, wherever the schema stands. */
function fromRoot(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(fromRoot);
  if (!isObject(schema)) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) =>
      keyword === '$ref' && typeof value === 'string' && value.startsWith('#')
        ? [keyword, root + value]
        : [keyword, fromRoot(value)],
    ),
  );
}

/** A pattern that may take for ever is not held against anything. */
function boundedRegExp(pattern: string, flags: string): { test(text: string): boolean; toString(): string } {
  const expression = mayTakeForEver(pattern) ? undefined : new RegExp(pattern, flags);
  return {
    test: (text) => expression === undefined || text.length > maxMatchedChars || expression.test(text),
    // ajv tells patterns apart by it.
    toString: () => `/${pattern}/${flags}`,
  };
}

/**
 * Each place once; of alternatives only that none fits, not why each does not. A list of thousands may break a rule
 * with each of its elements: the time goes by their number alone.
 */
function bodyMisfits(errors: readonly ErrorObject[]): Misfit[] {
  const isUnion = ({ keyword }: ErrorObject) => keyword === 'anyOf' || keyword === 'oneOf';
  const unions = new Set(errors.filter(isUnion).map(({ instancePath }) => instancePath));
  const isTold = (error: ErrorObject) =>
    error.keyword !== 'if' && (isUnion(error) || !isWithinOne(unions, error.instancePath));
  return errors.filter(isTold).slice(0, 1000).map(misfitOf);
}

function isWithinOne(paths: ReadonlySet<string>, path: string): boolean {
  if (paths.size === 0) return false;
  for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1))
    if (paths.has(path.slice(0, end))) return true;
  return paths.has('');
}

function misfitOf({ instancePath, keyword, message = 'does not fit', params, data }: ErrorObject): Misfit {
  const path = instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const { additionalProperty, unevaluatedProperty, allowedValues, allowedValue } = params as Record<
    string,
    unknown
  >;
  const made = additionalProperty ?? unevaluatedProperty;
  if (typeof made === 'string') return { path, text: 'must not have the property', name: made };
  if (keyword === 'type') return { path, text: `${message.replaceAll(',', ' or ')}, not ${typeOf(data)}` };
  const values = Array.isArray(allowedValues)
    ? allowedValues
    : allowedValue === undefined
      ? []
      : [allowedValue];
  if (values.length > 0)
    return { path, text: `must be one of ${JSON.stringify(values).slice(1, -1).slice(0, 120)}` };
  return { path, text: message.slice(0, 200) };
}

function typeOf(data: unknown): string {
  if (data === null) return 'null';
  return Array.isArray(data) ? 'array' : typeof data;
}
