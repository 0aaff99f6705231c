import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { NextFunction, Request, Response } from 'express';
import { redirect } from './redirect.ts';
import { Refusal } from './refusal.ts';
import type { Sessions } from './sessions.ts';

/** Generic, so that a route behind it keeps the types of its own parameters. */
export type Gate = <Params>(request: Request<Params>, response: Response, next: NextFunction) => void;

export type Access = {
  /** For machines: header X-Api-Key, else 401. */
  key: Gate;
  /** For people: a session, else the way to the login page. */
  login: Gate;
  /** For the pages' own calls and for machines: one of both, else 401. */
  keyOrLogin: Gate;
  /** The same question for a WebSocket, which never gets to Express. */
  allows(request: IncomingMessage): boolean;
};

export function createAccess(sessions: Sessions, apiKeys: readonly string[]): Access {
  const keyHashes = apiKeys.map(hash);
  const hasKey = ({ headers }: IncomingMessage) => {
    const given = headers['x-api-key'];
    if (typeof given !== 'string') return false;
    // Hashes are of one length, as timingSafeEqual wants them.
    return keyHashes.some((keyHash) => timingSafeEqual(keyHash, hash(given)));
  };
  const hasLogin = (request: IncomingMessage) => sessions.userOf(request.headers.cookie) !== undefined;

  return {
    key(request, _response, next) {
      if (!hasKey(request)) throw new Refusal('unauthorized', 'A valid X-Api-Key is needed');
      next();
    },
    login(request, response, next) {
      const user = sessions.userOf(request.headers.cookie);
      response.setHeader('Cache-Control', 'private, no-cache');
      if (user === undefined) {
        // Only what a browser can ask for again by following a link.
        const wayBack = request.method === 'GET' ? `?next=${encodeURIComponent(request.originalUrl)}` : '';
        redirect(request, response, 302, `/login${wayBack}`);
        return;
      }
      response.locals['user'] = user;
      next();
    },
    keyOrLogin(request, response, next) {
      response.setHeader('Cache-Control', 'private, no-cache');
      if (!hasKey(request) && !hasLogin(request)) {
        throw new Refusal('unauthorized', 'A valid X-Api-Key or a login is needed');
      }
      next();
    },
    allows: (request) => hasKey(request) || hasLogin(request),
  };
}

const hash = (key: string) => createHash('sha256').update(key).digest();

/** The user that `login` let in. */
export const userOf = (response: Response) => String(response.locals['user']);
