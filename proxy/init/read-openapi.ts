import { parseDocument } from 'yaml';
import { z } from 'zod';
import type { FoundRoute } from './found-route.ts';

const operation = z.looseObject({
  summary: z.string().optional(),
  operationId: z.string().optional(),
  deprecated: z.boolean().optional(),
});
const document = z.looseObject({
  openapi: z.string().regex(/^3\.[01](\.|$)/, 'must be 3.0 or 3.1'),
  servers: z.array(z.looseObject({ url: z.string() })).optional(),
  paths: z.record(z.string(), z.looseObject({})).optional(),
});

const methods = ['get', 'put', 'post', 'delete', 'patch'] as const;

export type OpenApiRoutes =
  | { readonly ok: true; readonly routes: readonly FoundRoute[]; readonly problems: readonly string[] }
  | { readonly ok: false; readonly problem: string };

/** The operations of an OpenAPI 3.0 or 3.1 document, JSON or YAML, under the path of its first server. */
export function readOpenApi(text: string): OpenApiRoutes {
  const parsed = parseDocument(text, { maxAliasCount: 100 } as object);
  const [mistake] = parsed.errors;
  if (mistake) return { ok: false, problem: `is neither JSON nor YAML: ${mistake.message.split('\n')[0]}` };
  const read = document.safeParse(toValue(parsed));
  if (!read.success) {
    const [issue] = read.error.issues;
    return { ok: false, problem: `is no OpenAPI 3.0 or 3.1: ${issue?.path.join('.')} ${issue?.message}` };
  }
  const { servers = [], paths = {} } = read.data;
  const base = basePathOf(servers[0]?.url ?? '');
  const problems: string[] = [];
  const routes = Object.entries(paths).flatMap(([path, item]) => {
    if (!path.startsWith('/')) {
      problems.push(`paths has ${JSON.stringify(path)}, which does not start with a slash`);
      return [];
    }
    return methods.flatMap((method) => {
      const one = operation.safeParse(item[method]);
      if (item[method] === undefined || !one.success) return [];
      return [routeOf(method.toUpperCase(), base + path, one.data)];
    });
  });
  return { ok: true, routes, problems };
}

function toValue(parsed: ReturnType<typeof parseDocument>): unknown {
  try {
    return parsed.toJS({ maxAliasCount: 100 });
  } catch {
    return undefined;
  }
}

/** `https://shop.test/v1` and `/v1` are both `/v1`; a template in it is left out. */
function basePathOf(url: string): string {
  const path = /^https?:\/\//i.test(url) ? url.replace(/^https?:\/\/[^/]*/i, '') : url;
  return path.startsWith('/') && !path.includes('{') ? path.replace(/\/+$/, '') : '';
}

function routeOf(
  method: string,
  path: string,
  { summary, operationId, deprecated }: z.infer<typeof operation>,
): FoundRoute {
  const said = (summary ?? operationId ?? '')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, 80);
  const note = [said, ...(deprecated ? ['deprecated'] : [])].filter((part) => part !== '').join('; ');
  return { method, template: templateOf(path), counts: undefined, ...(note !== '' && { note }) };
}

/** A parameter is a whole segment in routes.yaml: `/files/{name}.{ext}` becomes `/files/{name}`. */
function templateOf(path: string): string {
  const names = new Set<string>();
  const segments = path.slice(1).split('/');
  const written = segments.map((segment) => {
    const found = /\{([^{}]*)\}/.exec(segment)?.[1];
    if (found === undefined) return segment;
    const plain =
      found
        .replace(/[^A-Za-z0-9_]+/g, '_')
        .replace(/^(?=\d)/, '_')
        .slice(0, 60) || 'id';
    let name = plain;
    for (let number = 2; names.has(name); number++) name = `${plain}${number}`;
    names.add(name);
    return `{${name}}`;
  });
  return `/${written.join('/')}`;
}
