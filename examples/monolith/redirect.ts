import type { Request, Response } from 'express';

/**
 * Redirects to an absolute URL on the host that the client asked for, as was the rule before RFC 7231 allowed
 * relative ones. A proxy that does not pass Host unchanged sends people to the wrong place.
 */
export function redirect(
  request: Pick<Request, 'headers' | 'socket' | 'protocol'>,
  response: Response,
  status: 301 | 302 | 303,
  path: string,
): void {
  response.redirect(status, absoluteUrl(request, path));
}

/** HTTP/1.0 has no Host: then it is the address the client came to. */
export function absoluteUrl(request: Pick<Request, 'headers' | 'socket' | 'protocol'>, path: string): string {
  const host = request.headers.host ?? `${request.socket.localAddress}:${request.socket.localPort}`;
  return `${request.protocol}://${host}${path}`;
}
