import type { Route, Upstream } from '../routing/model.ts';
import { mapCookie } from './map-cookie.ts';
import { mapPath, type PathMapping } from './map-path.ts';

/** How the client of a request sees the proxy. */
export interface ClientView {
  readonly scheme: 'http' | 'https';
  /** Host and port as the client wrote them; empty when an HTTP/1.0 client named none. */
  readonly authority: string;
}

/** Turns what an upstream says of itself into what its clients must see. What it does not touch keeps its bytes. */
export interface AnswerMapping {
  /** For Location and Content-Location. */
  location(value: string, client: ClientView): string;
  refresh(value: string, client: ClientView): string;
  setCookie(value: string, client: ClientView): string;
}

const mappings = new WeakMap<Upstream, WeakMap<readonly Route[], AnswerMapping>>();

/** The mapping for an upstream and the routes of the migration that it answers for; compiled once for each two. */
export function answerMapping(upstream: Upstream, routes: readonly Route[]): AnswerMapping {
  let ofUpstream = mappings.get(upstream);
  if (!ofUpstream) {
    ofUpstream = new WeakMap();
    mappings.set(upstream, ofUpstream);
  }
  let mapping = ofUpstream.get(routes);
  if (!mapping) {
    mapping = compileAnswerMapping(upstream, routes);
    ofUpstream.set(routes, mapping);
  }
  return mapping;
}

/** Scheme, authority and the rest of an absolute or scheme-relative reference (RFC 3986, 4.2). */
const withAuthority = /^(?:(https?):)?\/\/([^/?#\\]*)([\s\S]*)$/i;
/** What stands before the URL in `5; url=/next`, as browsers read it (HTML, 4.2.5.3). */
const beforeRefreshUrl = /^[\t ]*\d+(?:\.\d*)?[\t ]*[;,][\t ]*(?:url[\t ]*=[\t ]*)?/i;

const SLASH = 0x2f;

/**
 * An absolute URL is mapped when its authority is the upstream's own: its `host`, or its address. Every path is
 * mapped back through base path and rewrites, where exactly one path of a client's leads to it.
 */
function compileAnswerMapping(upstream: Upstream, routes: readonly Route[]): AnswerMapping {
  const ownScheme = upstream.protocol === 'https:' ? 'https' : 'http';
  const ownAuthorities = new Set(authoritiesOf(upstream).map((one) => normalAuthority(one, ownScheme)));
  const ownNames = authoritiesOf(upstream).map(hostNameOf);
  const paths: PathMapping = {
    basePath: upstream.basePath,
    routes: routes.some((route) => route.rewrite !== undefined) ? routes : [],
  };
  const changesPaths = paths.basePath !== '' || paths.routes.length > 0;

  function isOwn(authority: string, scheme: string, client: ClientView): boolean {
    // Any other scheme is where the upstream wants its clients to go; mapped to the one they use, it would loop.
    if (scheme !== ownScheme && scheme !== client.scheme) return false;
    return ownAuthorities.has(normalAuthority(authority, scheme));
  }

  function mapReference(value: string, client: ClientView): string {
    if (value.charCodeAt(0) === SLASH && value.charCodeAt(1) !== SLASH)
      return changesPaths ? (mapPath(value, paths) ?? value) : value;
    const parts = withAuthority.exec(value);
    if (!parts) return value;
    const [, scheme, authority = '', rest = ''] = parts;
    const of = scheme?.toLowerCase() ?? client.scheme;
    const own = isOwn(authority, of, client);
    // With a Host passed unchanged, an upstream takes the client's authority for its own.
    if (!own && normalAuthority(authority, of) !== normalAuthority(client.authority, of)) return value;
    const path = changesPaths ? mapPath(rest === '' ? '/' : rest, paths) : rest;
    // At the upstream's address, but not where the proxy leads to.
    if (path === undefined) return value;
    if (!own) return value.slice(0, value.length - rest.length) + path;
    // Without a name for the client's side, a reference without one is as good (RFC 9110, 10.2.2).
    if (client.authority === '') return path === '' || path.startsWith('//') ? value : path;
    return `${scheme === undefined ? '' : `${client.scheme}:`}//${client.authority}${path}`;
  }

  return {
    location: mapReference,
    refresh(value, client) {
      const before = beforeRefreshUrl.exec(value)?.[0];
      if (before === undefined) return value;
      const quote = /^["']/.exec(value.slice(before.length))?.[0] ?? '';
      const start = before.length + quote.length;
      const end = quote === '' ? value.length : value.indexOf(quote, start);
      if (end < 0) return value;
      return before + quote + mapReference(value.slice(start, end), client) + value.slice(end);
    },
    setCookie: (value, client) => mapCookie(value, ownNames, upstream.basePath, hostNameOf(client.authority)),
  };
}

/** What an upstream may call itself: what it is told in Host, and where it is. */
function authoritiesOf({ host, hostname, port }: Upstream): string[] {
  const authorities = host === undefined ? [] : [host];
  if (hostname !== '') authorities.push(`${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`);
  return authorities;
}

const defaultPorts: Readonly<Record<string, string>> = { http: ':80', https: ':443' };

/** Lower case, without the port that the scheme has anyway. */
function normalAuthority(authority: string, scheme: string): string {
  const lower = authority.toLowerCase();
  const port = defaultPorts[scheme] ?? '';
  return port !== '' && lower.endsWith(port) ? lower.slice(0, -port.length) : lower;
}

/** Lower case, without port. */
function hostNameOf(authority: string): string {
  return authority.replace(/:\d*$/, '').toLowerCase();
}
