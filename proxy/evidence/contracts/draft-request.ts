import { headerOf } from '../../routing/raw-headers.ts';
import { hasRedaction } from '../../shadow/redaction.ts';
import type { PairRow } from '../../store/model.ts';
import { draftBody } from './draft-body.ts';

export interface DraftRequest {
  /** As a pact of version 4 has it. */
  readonly request: object;
  /** `GET /api/products/P-000017?limit=3`; undefined where it can't be repeated as it is. */
  readonly repeatable: string | undefined;
  /** Names of values that the provider's state must give: those that were redacted. */
  readonly values: readonly string[];
  readonly notes: readonly string[];
}

/** Headers that say what is asked for; others are the way's, or are the client's own. */
const meaningful = ['accept', 'accept-language', 'content-type', 'if-match', 'idempotency-key', 'prefer'];
/** Without them nothing is answered, and their values are never kept. */
const credentials = ['authorization', 'x-api-key'];

interface Generator {
  readonly type: 'ProviderState';
  readonly expression: string;
  readonly dataType: 'STRING';
}

/** The request of a pair, where redacted values come from the provider's state. */
export function draftRequest(request: NonNullable<PairRow['request']>, template: string): DraftRequest {
  const { method, target, headers } = request;
  const [path = '', query = ''] = target.split('?', 2);
  const values = new Set<string>();
  const fromState = (name: string, expression = `\${${name}}`): Generator => {
    values.add(name);
    return { type: 'ProviderState', expression, dataType: 'STRING' };
  };
  const places = draftPath(path, template, fromState);
  const asked = draftQuery(query, fromState);
  const sent = draftHeaders(headers, fromState);
  const body = draftBody(request, 'request');
  const bodyGenerators = body.redactedAt.map((at) => [at, fromState(nameOf(at))] as const);
  const generators = {
    ...(places.generator && { path: places.generator }),
    ...(asked.generators.length > 0 && { query: Object.fromEntries(asked.generators) }),
    ...(sent.generators.length > 0 && { header: Object.fromEntries(sent.generators) }),
    ...(bodyGenerators.length > 0 && { body: Object.fromEntries(bodyGenerators) }),
  };
  const isSafe = method === 'GET' || method === 'HEAD';
  return {
    request: {
      method,
      path: places.path,
      ...(query !== '' && { query: asked.query }),
      ...(Object.keys(sent.headers).length > 0 && { headers: sent.headers }),
      ...(body.body && { body: body.body }),
      ...(Object.keys(generators).length > 0 && { generators }),
    },
    repeatable: isSafe && values.size === 0 ? `${method} ${target}` : undefined,
    values: [...values],
    notes: [
      ...(values.size === 0
        ? []
        : [`Redacted in the request, so that the provider's state must give it: ${[...values].join(', ')}.`]),
      ...(isSafe ? [] : [`Verifying it sends the ${method} for real: make it something harmless.`]),
      ...body.notes,
    ],
  };
}

type FromState = (name: string, expression?: string) => Generator;

/** A path with a redacted part is an expression over the state's values; its example has the name in that place. */
function draftPath(path: string, template: string, fromState: FromState) {
  if (!hasRedaction(path)) return { path, generator: undefined };
  const names = template.split('/');
  const parts = path.split('/').map((part, index) => {
    if (!hasRedaction(part)) return { example: part, expression: part };
    const name = /^\{(\w+)\}$/.exec(names[index] ?? '')?.[1] ?? `part${index}`;
    return { example: name, expression: `\${${name}}`, name };
  });
  for (const { name } of parts) if (name !== undefined) fromState(name);
  const expression = parts.map((part) => part.expression).join('/');
  return {
    path: parts.map(({ example }) => example).join('/'),
    generator: { type: 'ProviderState', expression, dataType: 'STRING' } satisfies Generator,
  };
}

function draftQuery(query: string, fromState: FromState) {
  const written: Record<string, string[]> = Object.create(null);
  const generators = new Map<string, Generator>();
  for (const [name, value] of new URLSearchParams(query)) {
    written[name] ??= [];
    if (hasRedaction(value)) generators.set(name, fromState(nameOf(name)));
    written[name].push(hasRedaction(value) ? 'from-the-state' : value);
  }
  return { query: written, generators: [...generators] };
}

function draftHeaders(headers: readonly string[], fromState: FromState) {
  const kept: Record<string, string[]> = {};
  const generators: [string, Generator][] = [];
  for (const name of [...meaningful, ...credentials]) {
    const value = headerOf(headers, name);
    if (value === undefined) continue;
    const written = name.replace(/(^|-)[a-z]/g, (first) => first.toUpperCase());
    const isHidden = credentials.includes(name) || hasRedaction(value);
    kept[written] = [isHidden ? 'from-the-state' : value];
    if (isHidden) generators.push([written, fromState(nameOf(name))]);
  }
  return { headers: kept, generators };
}

/** `$.customer.email` as `customerEmail`, `x-api-key` as `xApiKey`. */
function nameOf(place: string): string {
  const words = place.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  const [first = 'value', ...rest] = words;
  return [first, ...rest.map((word) => word[0]!.toUpperCase() + word.slice(1))].join('');
}
