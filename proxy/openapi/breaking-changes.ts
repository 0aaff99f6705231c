import { type ApiDocument, isObject, resolved } from './document.ts';
import { type Operation, operationsOf } from './operations.ts';
import { type SchemaBreak, type SchemaRule, schemaBreaks } from './schema-breaks.ts';

export type BreakingRule =
  | 'operation-removed'
  | 'security-added'
  | 'parameter-removed'
  | 'parameter-added-required'
  | 'parameter-required'
  | 'request-body-required'
  | 'request-body-removed'
  | 'request-media-type-removed'
  | 'status-removed'
  | 'response-media-type-removed'
  | 'response-header-removed'
  | SchemaRule;

export interface BreakingChange {
  readonly rule: BreakingRule;
  /** `GET /api/products/{productId}`, as the older document names it. */
  readonly operation: string;
  /** A sentence's worth, with the operation and the place. */
  readonly text: string;
}

type Found = Omit<BreakingChange, 'operation' | 'text'> & { readonly what: string };
type Fields = Readonly<Record<string, unknown>>;

/**
 * What clients of the older document could do or rely on and those of the newer one can't: what they send must still
 * be taken, and what they get must be something that they could have got before. The rules are listed in
 * docs/openapi.md.
 */
export function breakingChanges(older: ApiDocument, newer: ApiDocument): BreakingChange[] {
  const newerOperations = new Map(operationsOf(newer).map((operation) => [keyOf(operation), operation]));
  return operationsOf(older).flatMap((operation) => {
    const next = newerOperations.get(keyOf(operation));
    const found: Found[] = next
      ? compareOperations({ older, newer }, operation, next)
      : [{ rule: 'operation-removed', what: 'is no longer there' }];
    return found.map(({ rule, what }) => ({
      rule,
      operation: operation.id,
      text: `${operation.id}: ${what}`,
    }));
  });
}

interface Documents {
  readonly older: ApiDocument;
  readonly newer: ApiDocument;
}

/** Parameters' names in a path mean nothing to clients. */
function keyOf({ method, segments }: Operation): string {
  return `${method} ${segments.map((part) => part.replace(/\{[^}]*\}/g, '{}')).join('/')}`;
}

function compareOperations(documents: Documents, before: Operation, now: Operation): Found[] {
  return [
    ...compareSecurity(documents, before, now),
    ...compareParameters(documents, before, now),
    ...compareRequestBodies(documents, before, now),
    ...compareResponses(documents, before, now),
  ];
}

function compareSecurity({ older, newer }: Documents, before: Operation, now: Operation): Found[] {
  const needsNone = (document: ApiDocument, { operation }: Operation) => {
    const security = operation['security'] ?? document.security;
    if (!Array.isArray(security) || security.length === 0) return true;
    return security.some((one) => isObject(one) && Object.keys(one).length === 0);
  };
  if (!needsNone(older, before) || needsNone(newer, now)) return [];
  return [{ rule: 'security-added', what: 'needs credentials, which it did not' }];
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly schema: unknown;
}

function compareParameters({ older, newer }: Documents, before: Operation, now: Operation): Found[] {
  const earlier = parametersOf(older, before);
  const later = parametersOf(newer, now);
  const found: Found[] = [];
  for (const [key, parameter] of earlier) {
    const next = later.get(key);
    const name = `${parameter.in} parameter ${parameter.name}`;
    if (!next) {
      if (parameter.in !== 'path')
        found.push({ rule: 'parameter-removed', what: `${name} is no longer there` });
      continue;
    }
    if (next.required && !parameter.required && parameter.in !== 'path')
      found.push({ rule: 'parameter-required', what: `${name} is now required` });
    const breaks = schemaBreaks(older, parameter.schema, newer, next.schema, 'request');
    found.push(...breaks.map((one) => of(name, one)));
  }
  for (const [key, { required, name, in: where }] of later) {
    if (required && where !== 'path' && !earlier.has(key))
      found.push({
        rule: 'parameter-added-required',
        what: `${where} parameter ${name} is new and required`,
      });
  }
  return found;
}

/** By place and name, those of paths by their position; an operation's own go before its path's. */
function parametersOf(
  document: ApiDocument,
  { operation, pathItem, segments }: Operation,
): Map<string, Parameter> {
  const lists = [pathItem['parameters'], operation['parameters']].flatMap((list) =>
    Array.isArray(list) ? list : [],
  );
  const parameters = new Map<string, Parameter>();
  for (const written of lists) {
    const parameter = resolved(document, written);
    if (!isObject(parameter)) continue;
    const { name, in: where, required, schema, content } = parameter;
    if (typeof name !== 'string' || typeof where !== 'string') continue;
    const media = isObject(content) ? Object.values(content)[0] : undefined;
    const position = segments.findIndex((part) => part.includes(`{${name}}`));
    const key =
      where === 'path' ? `path ${position}` : `${where} ${where === 'header' ? name.toLowerCase() : name}`;
    parameters.set(key, {
      name,
      in: where,
      required: required === true,
      schema: schema ?? (isObject(media) ? media['schema'] : undefined),
    });
  }
  return parameters;
}

function compareRequestBodies({ older, newer }: Documents, before: Operation, now: Operation): Found[] {
  const earlier = resolved(older, before.operation['requestBody']);
  const later = resolved(newer, now.operation['requestBody']);
  if (!isObject(later))
    return isObject(earlier) ? [{ rule: 'request-body-removed', what: 'a body is no longer taken' }] : [];
  const found: Found[] = [];
  if (later['required'] === true && !(isObject(earlier) && earlier['required'] === true))
    found.push({ rule: 'request-body-required', what: 'a body is now required' });
  if (!isObject(earlier)) return found;
  return [
    ...found,
    ...compareContent({ older, newer }, earlier['content'], later['content'], 'request', 'the body'),
  ];
}

function compareResponses({ older, newer }: Documents, before: Operation, now: Operation): Found[] {
  const earlier = fields(resolved(older, before.operation['responses']));
  const later = fields(resolved(newer, now.operation['responses']));
  return Object.entries(earlier).flatMap(([status, written]) => {
    const response = resolved(older, written);
    if (!isObject(response)) return [];
    const next = resolved(newer, covering(later, status));
    const name = status === 'default' ? 'other answers' : `answer ${status}`;
    if (!isObject(next)) return [{ rule: 'status-removed', what: `${name} is no longer described` } as const];
    return [
      ...compareHeaders({ older, newer }, response, next, name),
      ...compareContent({ older, newer }, response['content'], next['content'], 'response', name),
    ];
  });
}

/** The status itself, its class, or the default. */
function covering(responses: Fields, status: string): unknown {
  const hundreds = `${status[0]}XX`;
  return (
    responses[status] ?? responses[hundreds] ?? responses[hundreds.toLowerCase()] ?? responses['default']
  );
}

function compareHeaders({ older, newer }: Documents, before: Fields, now: Fields, name: string): Found[] {
  const required = (document: ApiDocument, response: Fields) =>
    Object.entries(fields(response['headers'])).flatMap(([header, written]) => {
      const value = resolved(document, written);
      return isObject(value) && value['required'] === true ? [header.toLowerCase()] : [];
    });
  const later = new Set(required(newer, now));
  return required(older, before)
    .filter((header) => !later.has(header))
    .map((header) => ({
      rule: 'response-header-removed',
      what: `${name} no longer always has the header ${header}`,
    }));
}

function compareContent(
  { older, newer }: Documents,
  before: unknown,
  now: unknown,
  direction: 'request' | 'response',
  name: string,
): Found[] {
  const later = fields(now);
  return Object.entries(fields(before)).flatMap(([type, written]) => {
    const next = later[type] ?? later[`${type.split('/')[0]}/*`] ?? later['*/*'];
    if (next === undefined) {
      const rule = direction === 'request' ? 'request-media-type-removed' : 'response-media-type-removed';
      return [{ rule, what: `${name} is no longer ${type}` } as const];
    }
    const [earlier, schema] = [fields(written)['schema'], fields(next)['schema']];
    return schemaBreaks(older, earlier, newer, schema, direction).map((one) => of(name, one));
  });
}

function of(name: string, { rule, place, what }: SchemaBreak): Found {
  return { rule, what: `${name}${place === '' ? '' : ` ${place}`} ${what}` };
}

function fields(value: unknown): Fields {
  return isObject(value) ? value : {};
}
