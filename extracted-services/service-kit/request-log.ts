import { AsyncLocalStorage } from 'node:async_hooks';
import type { RequestHandler } from 'express';
import type { Logger } from './logger.ts';

/** One line a request. Neither headers nor the query: both carry what must not be kept. */
export function logRequests(logger: Logger): RequestHandler {
  return (request, response, next) => {
    const startedMs = performance.now();
    const { method, path } = request;
    const onClose = () => {
      const durationMs = Math.round((performance.now() - startedMs) * 10) / 10;
      const facts = { method, path, status: response.statusCode, durationMs };
      if (response.writableFinished) logger.info(facts, 'request answered');
      else logger.warn(facts, 'client left before the answer was sent');
    };
    // The event comes from the socket, which belongs to no request.
    response.once('close', AsyncLocalStorage.bind(onClose));
    next();
  };
}
