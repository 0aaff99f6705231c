import type { StickySource } from './model.ts';

/** How a request's sticky sources are read; names are lower-case for headers, exact for cookies. */
export interface StickyRequest {
  header(name: string): string | undefined;
  /** Of a verified token. */
  claim(name: string): string | undefined;
  readonly remoteAddress: string;
  readonly random: () => string;
}

/** Longer values are no ids; hashing them would only cost. */
const MAX_STICKY_LENGTH = 256;

/** The first source that has a value, or undefined: then the monolith answers while the share is under 100 %. */
export function stickyValueOf(sources: readonly StickySource[], request: StickyRequest): string | undefined {
  for (const source of sources) {
    const value = read(source, request);
    if (value !== undefined && value !== '' && value.length <= MAX_STICKY_LENGTH) return value;
  }
  return undefined;
}

function read(source: StickySource, request: StickyRequest): string | undefined {
  switch (source.from) {
    case 'header':
      return request.header(source.name);
    case 'cookie':
      return cookieValue(request.header('cookie'), source.name);
    case 'claim':
      return request.claim(source.name);
    case 'ip':
      return request.remoteAddress;
    case 'random':
      return request.random();
  }
}

/**
 * A cookie's value, or undefined when it is absent or stands there twice with different values: somebody
 * may have tossed a second one in, and neither can be trusted to be the user's.
 */
export function cookieValue(header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined;
  let found: string | undefined;
  for (const part of header.split(';')) {
    const equals = part.indexOf('=');
    if (equals < 0 || part.slice(0, equals).trim() !== name) continue;
    const value = part.slice(equals + 1).trim();
    if (found !== undefined && found !== value) return undefined;
    found = value;
  }
  return found;
}
