import type { Express, Request, RequestHandler, Response } from 'express';
import { middleware as openApiValidator } from 'express-openapi-validator';
import type { ApiDocument } from './api-document.ts';

/** By name of a security scheme in the API file: whether the request may pass. */
export type SecurityHandlers = Record<string, (request: Request) => boolean>;

export type ApiValidationOptions = {
  app: Express;
  document: ApiDocument;
  securityHandlers: SecurityHandlers;
  parseBody: RequestHandler;
};

/**
 * Middlewares that hold requests and answers to the API file: route and method, then credentials, then the
 * body is parsed, then parameters and body. Parameters that the file does not name are left alone. An answer
 * that breaks the file becomes an error with status 500.
 */
export async function validateByApi(options: ApiValidationOptions): Promise<RequestHandler[]> {
  const validator = openApiValidator({
    apiSpec: options.document,
    // References are resolved at start, so that a refused request can be explained in the file's order.
    $refParser: { mode: 'dereference' },
    // All errors, because the first one in the file's order is the one to tell; a body is small (see maxBodyBytes).
    validateRequests: { allErrors: true, allowUnknownQueryParameters: true },
    validateResponses: true,
    validateSecurity: { handlers: options.securityHandlers },
    fileUploader: false,
  }) as RequestHandler[];
  await documentIsValid(options.app, validator);

  const requestStep = validator.findIndex(({ name }) => name === 'requestMiddleware');
  if (requestStep < 0)
    throw new Error('express-openapi-validator has no step named requestMiddleware any more');
  return [
    ...validator.slice(0, requestStep),
    options.parseBody,
    keepValidatorInputSmall,
    ...validator.slice(requestStep),
  ];
}

/** The validator reads the document in the background and keeps what is wrong with it for the first request: ask now. */
function documentIsValid(app: Express, [readDocument]: RequestHandler[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const next = (error?: unknown) =>
      error === undefined
        ? resolve()
        : reject(new Error('The API file is not valid OpenAPI; why is printed above', { cause: error }));
    const request: Partial<Request> = { app };
    readDocument?.(request as Request, {} as Response, next);
  });
}

/**
 * The validator compiles and keeps a schema for every content type with its parameters that it ever sees, so a
 * client could fill the memory: it gets to see two. It also reads `limit[x]=1` as an object named `limit`, where
 * Express (and OpenAPI) see another parameter, which is unknown and so ignored.
 */
const keepValidatorInputSmall: RequestHandler = (request, _response, next) => {
  const contentType = request.headers['content-type'];
  if (contentType !== undefined) {
    const isJson = /^\s*application\/json\s*(;|$)/i.test(contentType);
    request.headers['content-type'] = isJson ? 'application/json' : 'application/octet-stream';
  }
  const query = Object.entries(request.query).filter(([name]) => !name.includes('['));
  Object.defineProperty(request, 'query', {
    value: Object.fromEntries(query),
    writable: true,
    configurable: true,
  });
  next();
};
