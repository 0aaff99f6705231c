import type { Access } from './access.ts';
import type { Database } from './db.ts';
import type { Sessions } from './sessions.ts';

/** What the routes are given. */
export type Parts = {
  database: Database;
  sessions: Sessions;
  access: Access;
  /** Aborted when the monolith stops, so that answers without an end come to one. */
  stopping: AbortSignal;
};
