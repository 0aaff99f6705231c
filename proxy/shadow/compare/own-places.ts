/** What an upstream may call itself, and what its paths are to clients. */
export interface UpstreamPlaces {
  readonly scheme: 'http' | 'https';
  /** `host:port` in lower case: its address, and what it is told in Host. */
  readonly authorities: readonly string[];
  /** `''` or `/base`. */
  readonly basePath: string;
  /** Templates on the service and those of clients, where they differ. */
  readonly rewrites: readonly { readonly template: string; readonly rewrite: string }[];
}

/** How the client of a request sees the proxy. */
export interface ClientPlace {
  /** As in Host, lower case; empty where there is none. */
  readonly authority: string;
  /** Path and query that it asked for. */
  readonly target: string;
}

const withAuthority = /^(?:(https?):)?\/\/([^/?#\\]*)([\s\S]*)$/i;

/** Where a reference leads to, as clients see it. */
export interface PublicReference {
  /** Undefined where it stays with whatever the client used, or leads elsewhere, which `rest` says whole. */
  readonly scheme: string | undefined;
  readonly rest: string;
}

/**
 * A URL in Location or Content-Location as the client sees it after the proxy mapped it: the upstream's own
 * address and the client's are the same place, a base path and a rewrite are undone, and a relative reference
 * is one to the same directory.
 */
export function publicReference(
  value: string,
  upstream: UpstreamPlaces | undefined,
  client: ClientPlace,
): PublicReference {
  const parts = withAuthority.exec(value);
  if (!parts) return { scheme: undefined, rest: publicPath(absolutePath(value, client.target), upstream) };
  const [, written, authority = '', rest = ''] = parts;
  const scheme = written?.toLowerCase();
  const path = rest.startsWith('/') ? rest : `/${rest}`;
  const normal = normalAuthority(authority, scheme ?? upstream?.scheme ?? 'http');
  const isOwn =
    upstream !== undefined &&
    (scheme === undefined || scheme === upstream.scheme) &&
    upstream.authorities.some((own) => normalAuthority(own, upstream.scheme) === normal);
  if (isOwn) return { scheme: undefined, rest: publicPath(path, upstream) };
  if (client.authority !== '' && normalAuthority(client.authority, scheme ?? 'http') === normal)
    return { scheme, rest: publicPath(path, upstream) };
  return { scheme: undefined, rest: `${scheme ?? ''}://${normal}${path}` };
}

/** Whether two references lead to one place; one that leaves the scheme open fits either. */
export function areSameReferences(one: PublicReference, other: PublicReference): boolean {
  if (one.rest !== other.rest) return false;
  return one.scheme === undefined || other.scheme === undefined || one.scheme === other.scheme;
}

function absolutePath(value: string, target: string): string {
  if (value.startsWith('/') || /^[a-z][a-z0-9+.-]*:/i.test(value)) return value;
  const path = target.split(/[?#]/, 1)[0]!;
  if (value === '' || value.startsWith('?') || value.startsWith('#')) return path + value;
  const segments = path.split('/').slice(0, -1);
  let rest = value;
  for (;;) {
    if (rest.startsWith('./')) rest = rest.slice(2);
    else if (rest.startsWith('../')) {
      rest = rest.slice(3);
      if (segments.length > 1) segments.pop();
    } else break;
  }
  return `${segments.join('/')}/${rest}`;
}

function publicPath(path: string, upstream: UpstreamPlaces | undefined): string {
  if (upstream === undefined) return path;
  const end = path.search(/[?#]/);
  const whole = end < 0 ? path : path.slice(0, end);
  const rest = end < 0 ? '' : path.slice(end);
  const { basePath, rewrites } = upstream;
  const isBelow = basePath !== '' && (whole === basePath || whole.startsWith(`${basePath}/`));
  const below = isBelow ? whole.slice(basePath.length) || '/' : whole;
  const segments = below.split('/');
  if (rewrites.some(({ template }) => parametersOf(template, segments))) return below + rest;
  for (const { template, rewrite } of rewrites) {
    const found = parametersOf(rewrite, segments);
    if (found) return filled(template, found) + rest;
  }
  return below + rest;
}

/** The segments that a template's parameters stand for; those of a subtree under `**`. */
function parametersOf(
  template: string,
  segments: readonly string[],
): ReadonlyMap<string, string> | undefined {
  const parts = template.split('/');
  const isSubtree = parts.at(-1) === '**';
  if (isSubtree ? segments.length < parts.length - 1 : segments.length !== parts.length) return undefined;
  const found = new Map<string, string>();
  for (const [index, part] of parts.entries()) {
    if (part === '**') found.set('**', segments.slice(index).join('/'));
    else if (part.startsWith('{')) found.set(part, segments[index]!);
    else if (part !== segments[index]) return undefined;
  }
  return found;
}

function filled(template: string, parameters: ReadonlyMap<string, string>): string {
  return template
    .split('/')
    .map((part) => parameters.get(part) ?? part)
    .join('/');
}

/** Lower case, without the port that the scheme has anyway. */
function normalAuthority(authority: string, scheme: string): string {
  const lower = authority.toLowerCase();
  const port = scheme === 'https' ? ':443' : ':80';
  return lower.endsWith(port) ? lower.slice(0, -port.length) : lower;
}
