import type { Express, NextFunction, Request, Response } from 'express';
import { isStillKnown, type Login } from '../login/authenticate.ts';
import { refuseForeignPage } from '../request-guards.ts';
import type { EventFeed } from './event-feed.ts';
import type { EventStreams } from './event-streams.ts';

/** The feed, and who reads it. */
export interface Events {
  readonly feed: EventFeed;
  readonly streams: EventStreams;
}

export function addEventRoutes(
  app: Express,
  { streams }: Events,
  login: Login | undefined,
  origin: string | undefined,
): void {
  app.get('/api/events', (request, response) => {
    refuseForeignPage(request, origin);
    const { after } = request.query;
    const lastId = request.get('last-event-id') ?? (typeof after === 'string' ? after : undefined);
    streams.open(request, response, lastId || undefined, () => isStillKnown(request, login));
  });
}

/** Whoever moved something sees it on every page at once, not with the next look. */
export function tellOfWrites({ feed }: Pick<Events, 'feed'>) {
  return (request: Request, response: Response, next: NextFunction): void => {
    if (request.method !== 'GET' && request.method !== 'HEAD') response.once('finish', () => feed.lookSoon());
    next();
  };
}
