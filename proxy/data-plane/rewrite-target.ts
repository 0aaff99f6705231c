import type { Route } from '../routing/model.ts';

/** Path and query of a request on the service: as the client sent them, unless the route rewrites. */
export function targetOnService(route: Route, target: string): string {
  if (route.rewrite === undefined) return target;
  const query = target.indexOf('?');
  const path = query < 0 ? target : target.slice(0, query);
  const rewritten = rewritePath(route.template, route.rewrite, path);
  return query < 0 ? rewritten : rewritten + target.slice(query);
}

/** Puts the path's raw segments, still percent-encoded, into the other template. */
export function rewritePath(template: string, rewrite: string, path: string): string {
  const segments = path.split('/');
  const values = new Map<string, readonly string[]>();
  template.split('/').forEach((part, i) => {
    // A subtree's root itself, without a slash behind it, has nothing to put there.
    if (part === '**') values.set(part, segments.slice(i));
    else if (part.startsWith('{')) values.set(part, segments.slice(i, i + 1));
  });
  const rewritten = rewrite.split('/').flatMap((part) => values.get(part) ?? [part]);
  return rewritten.join('/') || '/';
}
