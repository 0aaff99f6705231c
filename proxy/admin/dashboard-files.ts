import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { NextFunction, Request, Response } from 'express';

/** Where `npm run build` puts the page. */
export const builtDashboard = path.resolve(import.meta.dirname, '../../dashboard/dist');

/** No inline script or style, nothing from elsewhere: a text from traffic that became markup could do nothing. */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The page's own addresses: each is the same document, which looks at the address itself. */
const pageAddress = /^\/(?:$|(?:migrations|differences|contracts|audit|settings)(?:\/|$))/;

interface DashboardFile {
  readonly type: string;
  readonly bytes: Buffer;
  readonly gzipped: Buffer;
  readonly isHashed: boolean;
}

/**
 * Serves the built page to browsers, before any login: it holds nothing that is not in the sources. Whoever does
 * not ask for HTML gets what was there without it; so does everybody while nothing is built. The files are read
 * once and found by their whole name, so that no request can name another one.
 */
export function serveDashboard(folder: string) {
  const files = readWhatIsThere(folder);
  return (request: Request, response: Response, next: NextFunction): void => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const isPage = pageAddress.test(request.path) && wantsHtml(request);
    const file = isRead ? files.get(isPage ? '/index.html' : request.path) : undefined;
    // Of "/" there is a text, too, and which one it is must not be cached for the other.
    if (request.path === '/') response.vary('Accept');
    if (!file) {
      next();
      return;
    }
    response.vary('Accept-Encoding');
    response.set('Content-Type', file.type);
    response.set('Content-Security-Policy', pagePolicy);
    if (file.isHashed) response.set('Cache-Control', 'public, max-age=31536000, immutable');
    if (request.acceptsEncodings('gzip') === 'gzip') {
      response.set('Content-Encoding', 'gzip');
      response.end(request.method === 'HEAD' ? undefined : file.gzipped);
      return;
    }
    response.end(request.method === 'HEAD' ? undefined : file.bytes);
  };
}

/** `Accept: * / *`, which programs send, is no wish for a page. */
function wantsHtml(request: Request): boolean {
  return /\btext\/html\b/i.test(request.get('accept') ?? '');
}

/** A page that is being built, or can't be read, must not keep the admin plane from starting. */
function readWhatIsThere(folder: string): ReadonlyMap<string, DashboardFile> {
  try {
    return readFiles(folder);
  } catch {
    return new Map();
  }
}

function readFiles(folder: string): ReadonlyMap<string, DashboardFile> {
  const files = new Map<string, DashboardFile>();
  if (!existsSync(path.join(folder, 'index.html'))) return files;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const type = types[path.extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const file = path.join(entry.parentPath, entry.name);
    const name = `/${path.relative(folder, file).split(path.sep).join('/')}`;
    const bytes = readFileSync(file);
    files.set(name, { type, bytes, gzipped: gzipSync(bytes), isHashed: name.startsWith('/assets/') });
  }
  return files;
}
