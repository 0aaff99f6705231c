import { withoutBase } from './map-path.ts';

/**
 * A Set-Cookie as the client must see it: a Domain that is the upstream's own name, of which the client knows
 * nothing, is dropped (the cookie is then the client's host's alone), and a Path below the base path loses it.
 */
export function mapCookie(
  value: string,
  upstreamNames: readonly string[],
  basePath: string,
  clientName: string,
): string {
  if (!value.includes(';')) return value;
  const [pair = '', ...attributes] = value.split(';');
  let cookie = pair;
  for (const attribute of attributes) {
    const equals = attribute.indexOf('=');
    const name = equals < 0 ? '' : attribute.slice(0, equals).trim().toLowerCase();
    const said = attribute.slice(equals + 1).trim();
    if (name === 'domain' && isForeign(said, upstreamNames, clientName)) continue;
    if (name === 'path' && basePath !== '') {
      const mapped = withoutBase(said, basePath);
      cookie += mapped === undefined ? `;${attribute}` : `;${attribute.slice(0, equals + 1)}${mapped}`;
    } else {
      cookie += `;${attribute}`;
    }
  }
  return cookie;
}

/** RFC 6265, 5.2.3 and 5.1.3: a leading dot means nothing, and a client takes the names of its host's parents. */
function isForeign(domain: string, upstreamNames: readonly string[], clientName: string): boolean {
  const name = domain.replace(/^\./, '').toLowerCase();
  if (!upstreamNames.includes(name)) return false;
  return clientName !== name && !clientName.endsWith(`.${name}`);
}
