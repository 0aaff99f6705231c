import type { Route } from '../routing/model.ts';
import { rewritePath } from './rewrite-target.ts';

/** What lies between a client's path and the upstream's. */
export interface PathMapping {
  /** `''` or `/base`. */
  readonly basePath: string;
  /** Of the migration; empty when none of them rewrites. */
  readonly routes: readonly Route[];
}

/**
 * The client's path for a path of the upstream's; query and fragment stay. `undefined` when there is none, as
 * for a path outside the base path. Rewrites are undone where exactly one path of a client's leads here.
 */
export function mapPath(reference: string, { basePath, routes }: PathMapping): string | undefined {
  const end = reference.search(/[?#]/);
  const path = end < 0 ? reference : reference.slice(0, end);
  const rest = end < 0 ? '' : reference.slice(end);
  const below = withoutBase(path, basePath);
  if (below === undefined) return undefined;
  const mapped = withoutRewrite(below, routes);
  // What a path has behind its base, such as `//evil.example`, must not become an authority.
  if (mapped !== path && /^\/[/\\]/.test(mapped)) return undefined;
  return mapped + rest;
}

/** `undefined` for a path that is not below the base path. */
export function withoutBase(path: string, basePath: string): string | undefined {
  if (basePath === '') return path;
  if (!path.startsWith(basePath)) return undefined;
  const below = path.slice(basePath.length);
  if (below === '') return '/';
  return below.startsWith('/') && !hasDotSegment(below) ? below : undefined;
}

/** A client would resolve them, perhaps to a path above the base path. */
function hasDotSegment(path: string): boolean {
  return /[/\\](?:\.|%2e){1,2}(?:[/\\]|$)/i.test(path);
}

function withoutRewrite(path: string, routes: readonly Route[]): string {
  // Perhaps the upstream knows what its clients call it.
  if (routes.some(({ template }) => matches(template, path))) return path;
  const found = new Set<string>();
  for (const { template, rewrite } of routes) {
    if (rewrite !== undefined && matches(rewrite, path)) found.add(rewritePath(rewrite, template, path));
  }
  const [only] = found;
  return found.size === 1 ? only! : path;
}

function matches(template: string, path: string): boolean {
  const parts = template.split('/');
  const segments = path.split('/');
  const isSubtree = parts.at(-1) === '**';
  if (isSubtree ? segments.length < parts.length - 1 : segments.length !== parts.length) return false;
  return parts.every((part, i) => {
    if (part === '**') return true;
    return part.startsWith('{') ? segments[i] !== '' : part === segments[i];
  });
}
