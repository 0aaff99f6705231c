import type { Express, Request } from 'express';
import { type Grid, gridOf } from '../delivery/series/grid.ts';
import type { AdminDeps } from './admin-deps.ts';
import type { EstateSeries, MigrationSeries, Sparklines } from './api-types.ts';
import { knownMigration } from './known-migration.ts';
import { AdminProblem } from './problem.ts';
import { readStore } from './read-store.ts';

const HOUR_MS = 3_600_000;
const defaultSparks = 24;
const sparkSeconds = 300;

/** What was counted over time. */
export function addSeriesRoutes(app: Express, { delivery, reads: { series }, clock }: AdminDeps): void {
  app.get('/api/migrations/:id/series', async (request, response) => {
    const { id } = knownMigration(delivery, request.params.id);
    const grid = askedGrid(request, clock.now());
    const found: MigrationSeries = await readStore(() => series.migration(id, grid));
    response.json(found);
  });

  app.get('/api/estate/series', async (request, response) => {
    const grid = askedGrid(request, clock.now());
    const found: EstateSeries = await readStore(() => series.estate(grid));
    response.json(found);
  });

  app.get('/api/series', async (request, response) => {
    const toMs = clock.now();
    const points = Number(request.query['points'] ?? defaultSparks);
    // The step that is under way is one of them.
    const fromMs = toMs - (points - 1) * sparkSeconds * 1000;
    const grid = refuseSentence(gridOf({ fromMs, toMs, stepSeconds: sparkSeconds }, toMs));
    const ids = delivery.list().map(({ id }) => id);
    const found: Sparklines = await readStore(() => series.sparklines(ids, grid));
    response.json(found);
  });
}

/** openapi.yaml has seen to the formats. */
function askedGrid({ query }: Request, nowMs: number): Grid {
  const { from, to, step } = query;
  const toMs = to === undefined ? nowMs : Math.min(Date.parse(String(to)), nowMs);
  const fromMs = from === undefined ? toMs - HOUR_MS : Date.parse(String(from));
  return refuseSentence(
    gridOf({ fromMs, toMs, ...(step !== undefined && { stepSeconds: Number(step) }) }, nowMs),
  );
}

function refuseSentence(grid: Grid | string): Grid {
  if (typeof grid === 'string') throw new AdminProblem('invalid_request', grid);
  return grid;
}
