import { readFileSync } from 'node:fs';
import type { Express } from 'express';
import { type ApiDocument, apiPage } from './api-page.ts';

const style = new URL('./style.css', import.meta.url);
/** No script at all, and one style that is ours. */
const policy =
  "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The description of the API, for machines and for people. */
export function addDocsRoutes(app: Express, apiDocument: ApiDocument): void {
  let page: string | undefined;

  app.get('/api/openapi.json', (_request, response) => {
    response.json(apiDocument);
  });

  app.get('/api/docs', (_request, response) => {
    page ??= apiPage(apiDocument);
    response.set('Content-Security-Policy', policy).type('html').send(page);
  });

  app.get('/api/docs/style.css', (_request, response) => {
    response.type('css').send(readFileSync(style, 'utf8'));
  });
}
