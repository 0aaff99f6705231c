import type { ErrorRequestHandler, Request } from 'express';
import { ApiError, type ErrorStatus } from './api-error.ts';
import type { Logger } from './logger.ts';
import { type Refusal, refusalOf } from './refusal.ts';

/** The service's own words for a refusal; undefined leaves the kit's. */
export type DescribeRefusal = (refusal: Refusal, request: Request) => string | undefined;

/** The last middleware: every error becomes one answer in the one shape, and only what is the service's fault is logged as error. */
export function answerErrors(logger: Logger, describe: DescribeRefusal): ErrorRequestHandler {
  return (error, request, response, _next) => {
    const answer = toApiError(error, request, describe);
    if (answer.status >= 500) logger.error({ err: error }, 'request failed');
    else logger.debug({ err: error }, 'request refused');

    if (response.headersSent) {
      // Too late to say so: cut the answer short, so that the client does not take it for whole.
      response.destroy();
      return;
    }
    // What the route set was meant for another answer: caching, location, entity tag.
    for (const name of response.getHeaderNames()) if (name !== 'connection') response.removeHeader(name);
    if (error.headers?.Allow !== undefined) response.set('Allow', error.headers.Allow);
    // Not by json(), which holds what it sends to the API file: that need not name every error there is.
    response.status(answer.status).type('json').send(JSON.stringify(answer.body));
  };
}

function toApiError(error: unknown, request: Request, describe: DescribeRefusal): ApiError {
  if (error instanceof ApiError) return error;
  const refusal = refusalOf(error, request);
  return new ApiError(refusal.status, describe(refusal, request) ?? defaultMessage(refusal, request), {
    cause: error,
  });
}

function defaultMessage({ status, reason }: Refusal, request: Request): string {
  switch (reason?.is) {
    case 'parameter':
      return `Parameter ${reason.name} is invalid`;
    case 'field':
      return `Field ${reason.name} is invalid`;
    case 'body':
      return 'Body is invalid';
    case 'json':
      return 'Body is not valid JSON';
    case 'media-type':
      return 'Content-Type must be application/json';
    case 'encoding':
      return 'Encoding of the body is not supported';
    case undefined:
      return status === 404 ? `No path ${request.path}` : messages[status];
  }
}

const messages: Record<Exclude<ErrorStatus, 404>, string> = {
  400: 'The request is malformed',
  401: 'Valid credentials are needed',
  403: 'This is not allowed',
  405: 'The method is not allowed here',
  409: 'The request conflicts with what is there',
  412: 'What is there is not what the request expects',
  413: 'Body is too large',
  415: 'Content-Type must be application/json',
  422: 'The request cannot be processed',
  500: 'The service failed; its log says why',
  503: 'The service is not available now',
};
