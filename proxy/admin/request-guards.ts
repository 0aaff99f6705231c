import type { NextFunction, Request, Response } from 'express';
import { AdminProblem } from './problem.ts';

const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Refuses every name but our own: a page whose host name was re-bound to 127.0.0.1 (DNS rebinding)
 * sends that name. Nor a target that is no path, or that two parsers could read as two paths.
 */
export function guardTarget(origin: string | undefined) {
  const named = origin === undefined ? [] : [new URL(origin).host];
  return (request: Request, _response: Response, next: NextFunction): void => {
    if (!/^\/[^#]*$/.test(request.url)) {
      throw new AdminProblem(
        'invalid_request',
        'The request target must be a path, with or without a query.',
      );
    }
    const { localPort, localAddress = '' } = request.socket;
    const own = [...loopbackNames, literal(localAddress)].flatMap((name) =>
      localPort === 80 ? [name, `${name}:80`] : [`${name}:${localPort}`],
    );
    own.push(...named);
    const hosts = request.headersDistinct['host'] ?? [];
    const [host] = hosts;
    if (hosts.length !== 1 || !host || !own.includes(host.toLowerCase())) {
      throw new AdminProblem('wrong_host', `The admin plane answers as ${own.join(', ')} only.`);
    }
    next();
  };
}

/** An address as a URL has it. A page can't have been re-bound to it: no name is involved. */
function literal(address: string): string {
  const mapped = address.replace(/^::ffff:(?=\d+\.)/, '');
  return mapped.includes(':') ? `[${mapped}]` : mapped;
}

const readMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses what a browser sends for a page of another origin. A form can't send `application/json`, and
 * a script of another origin can't without a preflight, which we never grant.
 */
export function guardWrites(ownOrigin: string | undefined) {
  return (request: Request, _response: Response, next: NextFunction): void => {
    if (!readMethods.has(request.method)) refuseForeignWrite(request, ownOrigin);
    next();
  };
}

/** A page of another origin may not even read: neither what it is shown nor what it holds open. */
export function refuseForeignPage(request: Request, ownOrigin: string | undefined): void {
  if (isFromForeignPage(request, ownOrigin))
    throw new AdminProblem('foreign_origin', 'This is for the CLI and for our own pages only.');
}

function isFromForeignPage(request: Request, ownOrigin: string | undefined): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined) return isForeignSite(request.headers['sec-fetch-site']);
  return ![`http://${host?.toLowerCase()}`, ownOrigin].includes(origin.toLowerCase());
}

function refuseForeignWrite(request: Request, ownOrigin: string | undefined): void {
  if (isFromForeignPage(request, ownOrigin)) {
    throw new AdminProblem('foreign_origin', 'Writes are taken from the CLI and from our own pages only.');
  }
  const mediaType = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (mediaType !== 'application/json') {
    throw new AdminProblem('wrong_content_type', 'Send writes with "Content-Type: application/json".');
  }
}

const isForeignSite = (site: string | string[] | undefined) =>
  site !== undefined && site !== 'same-origin' && site !== 'none';
