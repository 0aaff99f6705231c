import type { Express } from 'express';
import type { AdminDeps } from './admin-deps.ts';
import type { ConfigReport, Readiness } from './api-types.ts';

const index = `Ficus, admin plane.

GET  /api/migrations                 every migration: phase, shares, agreement, errors, latency
GET  /api/migrations/{id}            one of them
GET  /api/migrations/{id}/series     shares, errors, latency, agreement and dropped copies over time
GET  /api/migrations/{id}/gate       every reason for and against its next step
GET  /api/migrations/{id}/signatures what differs, and /{signature} for sample pairs
POST /api/migrations/{id}/shadow     {"share": 10}
POST /api/migrations/{id}/promote    {"to": 25}, or {} for the next step
POST /api/migrations/{id}/rollback   {"reason": "…"}
POST /api/migrations/{id}/pause      {"reason": "…"}; likewise /resume, /abort, /approve, /retire
POST /api/migrations/{id}/verify     {}
POST /api/migrations/{id}/force      {"side": "service", "minutes": 480, "reason": "…"}
POST /api/signatures/{s}/verdict     {"verdict": "expected", "reason": "…", "until": "2026-12-31T00:00:00Z"}
GET  /api/migrations/{id}/regressions the stored pairs that differ, to replay
POST /api/kill                       {"on": true, "reason": "…"} everything to the monolith; GET tells
POST /api/recordings                 {} records live traffic; GET lists, /{id}/stop ends one
GET  /api/pairs/{id}                 one pair
GET  /api/estate/series              how far the whole estate has moved, over time
GET  /api/series                     errors and p99 of every migration lately
GET  /api/audit                      who moved what, when and why; /verification checks the chain
GET  /api/config                     the routes.yaml in force
GET  /api/docs                       all of this, to read; /api/openapi.json for machines
GET  /healthz  /readyz  /metrics

On the command line: ficus help
`;

/** What probes, Prometheus and the curious ask. */
export function addStatusRoutes(app: Express, deps: AdminDeps): void {
  app.get('/', (_request, response) => {
    response.type('text/plain').send(index);
  });

  app.get('/api/config', (_request, response) => {
    response.json(deps.config() satisfies ConfigReport);
  });

  app.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });

  app.get('/readyz', (_request, response) => {
    const readiness = deps.readiness();
    response.status(readiness.ready ? 200 : 503).json(readiness satisfies Readiness);
  });

  app.get('/metrics', async (_request, response) => {
    const text = await deps.metrics();
    response.set('Content-Type', 'text/plain; version=0.0.4; charset=utf-8').send(text);
  });
}
