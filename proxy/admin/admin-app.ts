import express, { type Express } from 'express';
import type { AdminDeps } from './admin-deps.ts';
import { answerProblem } from './answer-problem.ts';
import { apiDocument, validateByApiDocument } from './api-document.ts';
import { addAuditRoutes } from './audit-routes.ts';
import { doOnce } from './commands/do-once.ts';
import { addContractRoutes } from './contract-routes.ts';
import { builtDashboard, serveDashboard } from './dashboard-files.ts';
import { addDocsRoutes } from './docs-page/docs-routes.ts';
import { addDrillRoutes } from './drill-routes.ts';
import { EventFeed } from './events/event-feed.ts';
import { addEventRoutes, type Events, tellOfWrites } from './events/event-routes.ts';
import { EventStreams } from './events/event-streams.ts';
import { addEvidenceRoutes } from './evidence-routes.ts';
import { addForceRoutes } from './force-routes.ts';
import { addHourRoutes } from './hour-routes.ts';
import { addKillRoutes } from './kill-routes.ts';
import { authenticate, type Login } from './login/authenticate.ts';
import { authorise } from './login/authorise.ts';
import { addLoginRoutes } from './login/login-routes.ts';
import { addSessionRoutes } from './login/session-routes.ts';
import { addMigrationRoutes } from './migration-routes.ts';
import { addMoveRoutes } from './move-routes.ts';
import { addPreviewRoutes } from './preview-routes.ts';
import { AdminProblem, nothingHere } from './problem.ts';
import { limitRate } from './rate-limit.ts';
import { addRecordingRoutes } from './recording-routes.ts';
import { guardTarget, guardWrites } from './request-guards.ts';
import { logRequests } from './request-log.ts';
import { addRevealRoutes } from './reveal-routes.ts';
import { setSecurityHeaders } from './security-headers.ts';
import { addSeriesRoutes } from './series-routes.ts';
import { addStatusRoutes } from './status-routes.ts';
import { addVerdictRoutes } from './verdict-routes.ts';

const maxBodyBytes = 64 * 1024;

export interface AdminAppOptions {
  readonly validateResponses?: boolean;
  /** Undefined: whoever reaches the listener may do everything. */
  readonly login?: Login | undefined;
  /** Where others than this machine find the admin plane, such as `https://ficus.example.org`. */
  readonly origin?: string | undefined;
  /** What changes, for whoever ends the streams of it; absent: of its own. */
  readonly events?: Events;
  /** Of the built page; it may be missing. */
  readonly dashboardFolder?: string;
}

/** The admin API. `validateResponses` holds our own answers against openapi.yaml too: for tests. */
export function createAdminApp(deps: AdminDeps, options: AdminAppOptions = {}): Express {
  const events = options.events ?? createEvents(deps);
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // The validator reads this too: both mean the same path.
  app.enable('case sensitive routing');

  app.use(logRequests(deps));
  app.use(setSecurityHeaders);
  app.use(guardTarget(options.origin));
  app.use(guardWrites(options.origin));
  app.use(serveDashboard(options.dashboardFolder ?? builtDashboard));
  if (options.login) addLoginRoutes(app, deps, options.login);
  app.use(authenticate(deps, options.login));
  app.use(limitRate(deps.clock));
  app.use(express.json({ limit: maxBodyBytes, inflate: false }));
  app.use(validateByApiDocument(options.validateResponses ?? false));
  app.use(authorise);
  app.use(tellOfWrites(events));
  app.use(doOnce(deps));
  addStatusRoutes(app, deps);
  addDocsRoutes(app, apiDocument);
  addSessionRoutes(app, options.login);
  addEventRoutes(app, events, options.login, options.origin);
  addKillRoutes(app, deps);
  addForceRoutes(app, deps);
  addMigrationRoutes(app, deps);
  addMoveRoutes(app, deps);
  addPreviewRoutes(app, deps);
  addDrillRoutes(app, deps);
  addEvidenceRoutes(app, deps);
  addSeriesRoutes(app, deps);
  addRevealRoutes(app, deps);
  addContractRoutes(app, deps);
  addVerdictRoutes(app, deps);
  addHourRoutes(app, deps);
  addRecordingRoutes(app, deps);
  addAuditRoutes(app, deps);
  app.use(refuseUnknownPath);
  app.use(answerProblem(deps));
  return app;
}

export function createEvents(deps: AdminDeps): Events {
  const feed = new EventFeed(deps);
  return { feed, streams: new EventStreams(feed, deps.clock) };
}

function refuseUnknownPath(): never {
  throw new AdminProblem('not_found', nothingHere);
}
