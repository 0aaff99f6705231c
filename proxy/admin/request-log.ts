import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import type { AdminDeps } from './admin-deps.ts';
import { actorOf } from './request-actor.ts';

const maxPathLength = 1000;

export function requestIdOf(response: Response): string {
  return response.locals['requestId'];
}

/** Gives every request an id and, when it is over, one line: writes at info, reads at debug. */
export function logRequests({ log, clock }: Pick<AdminDeps, 'log' | 'clock'>) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const startedAt = clock.monotonic();
    const requestId = randomUUID();
    response.locals['requestId'] = requestId;
    response.set('X-Request-Id', requestId);
    response.once('close', () => {
      const line = {
        requestId,
        method: request.method,
        // Printable as it is: Node's parser refuses targets with anything else in them.
        path: request.originalUrl.slice(0, maxPathLength),
        status: response.statusCode,
        finished: response.writableFinished,
        durationMs: Math.round(clock.monotonic() - startedAt),
        actor: actorOf(request).name,
      };
      if (request.method === 'GET') log.debug(line, 'admin request');
      else log.info(line, 'admin request');
    });
    next();
  };
}
