import type { Access } from './access.ts';
import type { Database } from './db.ts';
import type { Psp } from './payments/psp.ts';
import type { Sessions } from './sessions.ts';

/** What the routes are given. */
export type Parts = {
  database: Database;
  sessions: Sessions;
  psp: Psp;
  access: Access;
  /** Aborted when the monolith stops, so that answers without an end come to one. */
  stopping: AbortSignal;
};
