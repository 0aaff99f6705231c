import { type ApiDocument, isObject, resolved } from './document.ts';

export interface Operation {
  /** `GET /api/products/{productId}`, as the document names it. */
  readonly id: string;
  /** Upper-case. */
  readonly method: string;
  readonly segments: readonly string[];
  /** The operation's object, references in it unresolved. */
  readonly operation: Readonly<Record<string, unknown>>;
  readonly pathItem: Readonly<Record<string, unknown>>;
}

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

/** All operations of a document. What is no object is left out. */
export function operationsOf(document: ApiDocument): Operation[] {
  return Object.entries(document.paths).flatMap(([path, written]) => {
    const pathItem = resolved(document, written);
    if (!isObject(pathItem) || !path.startsWith('/')) return [];
    return methods.flatMap((method) => {
      const operation = resolved(document, pathItem[method]);
      if (!isObject(operation)) return [];
      const id = `${method.toUpperCase()} ${path}`;
      return [{ id, method: method.toUpperCase(), segments: segmentsOf(path), operation, pathItem }];
    });
  });
}

/** Paths, `''` or `/v1`, that the document's own paths are relative to. */
export function serverPaths(document: ApiDocument): string[] {
  const paths = (document.servers ?? []).map(({ url }) => {
    const path = (url ?? '').replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '').replace(/\/+$/, '');
    return path.startsWith('/') && !path.includes('{') ? path : '';
  });
  return [...new Set([...paths, ''])];
}

function segmentsOf(path: string): string[] {
  return path.split('/').slice(1);
}

/**
 * The operation that a method and a path's segments lead to, the most literal one; HEAD where only GET is
 * described is the GET. A `{name}` segment of the path fits parameters only.
 */
export function findOperation(
  operations: readonly Operation[],
  method: string,
  segments: readonly string[],
): Operation | undefined {
  const fitting = operations.filter((one) => fits(one.segments, segments));
  const best = fitting.toSorted((a, b) => literals(b.segments) - literals(a.segments));
  return (
    best.find((one) => one.method === method) ??
    (method === 'HEAD' ? best.find((one) => one.method === 'GET') : undefined)
  );
}

function fits(template: readonly string[], segments: readonly string[]): boolean {
  return (
    template.length === segments.length &&
    template.every((part, i) => (part.includes('{') ? matches(part, segments[i]!) : part === segments[i]))
  );
}

/** `{id}`, or text around it such as `{id}.json`. */
function matches(part: string, segment: string): boolean {
  if (segment === '') return false;
  const [before = '', after = ''] = [part.slice(0, part.indexOf('{')), part.slice(part.lastIndexOf('}') + 1)];
  return (
    segment.length > before.length + after.length && segment.startsWith(before) && segment.endsWith(after)
  );
}

function literals(segments: readonly string[]): number {
  return segments.reduce((sum, part, i) => (part.includes('{') ? sum : sum + 2 ** -i), 0);
}
