import { join } from 'node:path';
import type { Router } from 'express';
import type { ServiceOptions } from '../../../extracted-services/service-kit/create-service.ts';
import { createLogger, createService, requireApiKey } from '../../../extracted-services/service-kit/index.ts';

export type LogLine = Record<string, unknown>;

/** A small service on the kit, and the lines it logs. */
export async function createShelf(options: Partial<ServiceOptions> = {}) {
  const lines: LogLine[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line));
  const logger = createLogger({ service: 'shelf', version: '1.2.3', level: 'debug' }, { write });
  const service = await createService({
    name: 'shelf',
    version: '1.2.3',
    dryRun: false,
    apiSpec: join(import.meta.dirname, 'shelf.openapi.yaml'),
    routes: (router) => addBooks(router),
    readiness: {},
    logger,
    securityHandlers: { apiKey: requireApiKey(['open-sesame'], 'X-Api-Key') },
    ...options,
  });
  return { service, app: service.app, logger, lines };
}

function addBooks(router: Router): void {
  router.get('/books', (_request, response) => void response.json({ books: ['Emma'] }));
  router.post('/books', (request, response) => {
    response.status(201).json({ books: [request.body.title] });
  });
}
