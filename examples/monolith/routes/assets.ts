import { readFile } from 'node:fs/promises';
import type { Express } from 'express';
import { sendText } from '../send-text.ts';

const assets = [
  { file: 'shop.css', type: 'text/css; charset=utf-8' },
  { file: 'live-orders.js', type: 'text/javascript; charset=utf-8' },
];

export function addAssetRoutes(app: Express): void {
  for (const { file, type } of assets) {
    app.get(`/static/${file}`, async (request, response) => {
      response.setHeader('Cache-Control', 'public, max-age=300');
      await sendText(request, response, type, await readFile(new URL(`../static/${file}`, import.meta.url)));
    });
  }

  // Every browser asks; there is none.
  app.get('/favicon.ico', (_request, response) => {
    response.status(204).end();
  });
}
