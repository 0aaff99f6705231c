import express, { type Express, type Router } from 'express';
import { readWrittenDocument, validatedDocument } from './api-document.ts';
import { ApiError } from './api-error.ts';
import { type SecurityHandlers, validateByApi } from './api-validation.ts';
import {
  answerContractMessages,
  CONTRACT_MESSAGES_PATH,
  type ContractMessages,
} from './contract-messages.ts';
import { answerErrors, type DescribeRefusal } from './error-answers.ts';
import type { Logger } from './logger.ts';
import { failingChecks, type ReadinessChecks } from './readiness.ts';
import { keepRequestIds } from './request-ids.ts';
import { logRequests } from './request-log.ts';
import { keepShadowMode, refuseUnsafeCopies } from './shadow-copy.ts';

export type ServiceOptions = {
  name: string;
  version: string;
  /**
   * Whether the routes were built to answer unsafe requests with `Ficus-Shadow: dry-run` without leaving anything
   * behind (docs/dry-run.md says how). Without it, such requests are refused.
   */
  dryRun: boolean;
  /** Path of the OpenAPI file that requests and answers are held to. */
  apiSpec: string;
  routes: (router: Router) => void;
  readiness: ReadinessChecks;
  logger: Logger;
  securityHandlers?: SecurityHandlers;
  describeRefusal?: DescribeRefusal;
  maxBodyBytes?: number;
  /** For a service that publishes events which consumers have pacts of. */
  contractMessages?: ContractMessages;
};

/** `app` alone can be tested; `startService` makes it listen, and says so when it stops. */
export type Service = { app: Express; logger: Logger; beginStopping(): void };

/** Everything that services have in common around their routes; rejects when the API file is not valid OpenAPI. */
export async function createService(options: ServiceOptions): Promise<Service> {
  const { name, version, dryRun, logger, readiness } = options;
  const document = await readWrittenDocument(options.apiSpec);
  const app = express();
  let stopping = false;

  app.disable('x-powered-by');
  app.use(keepRequestIds());
  app.use((_request, response, next) => {
    // The client opens its next connection to an instance that stays.
    if (stopping) response.set('Connection', 'close');
    next();
  });

  app.get('/healthz', (_request, response) => void response.json({ status: 'up' }));
  app.get('/readyz', async (_request, response) => {
    const failing = stopping ? ['stopping'] : await failingChecks(readiness, logger);
    if (failing.length === 0) response.json({ status: 'ready' });
    else response.status(503).json({ status: 'not ready', failing });
  });
  app.get('/.well-known/ficus', (_request, response) => {
    response.json({ service: name, version, dryRun, openapi: '/openapi.json' });
  });
  app.get('/openapi.json', (_request, response) => void response.json(document));

  app.use(logRequests(logger));
  app.use(refuseUnsafeCopies({ dryRun }));
  if (options.contractMessages)
    app.post(CONTRACT_MESSAGES_PATH, ...answerContractMessages(name, options.contractMessages));
  app.use(
    await validateByApi({
      app,
      document: validatedDocument(document),
      securityHandlers: options.securityHandlers ?? {},
      parseBody: express.json({ limit: options.maxBodyBytes ?? 100 * 1024 }),
    }),
  );
  const router = express.Router();
  options.routes(router);
  app.use(keepShadowMode, router);
  app.use((request, _response, next) => next(new ApiError(404, `No path ${request.path}`)));
  app.use(answerErrors(logger, options.describeRefusal ?? (() => undefined)));

  return {
    app,
    logger,
    beginStopping() {
      stopping = true;
    },
  };
}
