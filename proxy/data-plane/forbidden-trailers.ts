import { foldAliases } from './header-kinds.ts';

/**
 * RFC 9110, 6.5.1: what frames, routes, changes, authenticates or describes a message must be known before
 * its content. A recipient that merges trailers into the head would take them for that, in any spelling.
 */
const forbidden = new Set([
  // Framing and connection.
  'connection',
  'content-length',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  // Routing and what a proxy says itself.
  'forwarded',
  'host',
  'max-forwards',
  'traceparent',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-real-ip',
  'x-request-id',
  // Authentication and state.
  'authentication-info',
  'authorization',
  'cookie',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'set-cookie',
  'set-cookie2',
  'www-authenticate',
  // Control of the answer, and of what its content is.
  'age',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-location',
  'content-range',
  'content-security-policy',
  'content-type',
  'date',
  'expect',
  'expires',
  'location',
  'pragma',
  'range',
  'refresh',
  'retry-after',
  'strict-transport-security',
  'vary',
  'warning',
]);

/** By its name as received. `Ficus-…` is ours alone, as everywhere. */
export function isForbiddenTrailer(name: string): boolean {
  const folded = foldAliases(name.toLowerCase());
  return (
    forbidden.has(folded) ||
    folded.startsWith('ficus-') ||
    folded.startsWith('if-') ||
    folded.startsWith('access-control-')
  );
}
