import { formatProblem } from './config/problem.ts';
import type { RoutesWatcher } from './config/watch-routes.ts';
import type { RoutingModel } from './routing/model.ts';
import type { AuditStore } from './store/audit.ts';
import type { AuditEntry } from './store/model.ts';

/** Writes every change of routes.yaml into the audit, and every one that was refused. */
export interface ConfigAudit {
  /** Other routes may be in force. */
  onRoutes(): void;
  /** The file as it is now was refused. */
  onRefused(): void;
  /** Once Postgres is there: what was in force here before this start. */
  onStart(): Promise<void>;
}

const keptProblems = 5;
const looksBack = 50;

export function auditConfig(deps: {
  readonly file: string;
  readonly replica: string;
  readonly routes: Pick<RoutesWatcher, 'problems'>;
  readonly model: () => RoutingModel;
  readonly audit: (entry: AuditEntry) => void;
  readonly store: Pick<AuditStore, 'list'>;
  readonly nowIso: () => string;
}): ConfigAudit {
  const { file, replica, routes, model, audit, nowIso } = deps;
  let inForce = model().hash;
  let hasStarted = false;

  function write(action: string, reason: string, detail: Record<string, unknown>): void {
    audit({ at: nowIso(), actor: 'ficus', action, reason, detail: { replica, file, ...detail } });
  }

  return {
    onRoutes() {
      const { hash } = model();
      if (hash === inForce) return;
      write('config', `routes.yaml changed: ${inForce} → ${hash}`, { from: inForce, to: hash });
      inForce = hash;
    },
    onRefused() {
      const problems = routes.problems().map(formatProblem);
      if (problems.length === 0) return;
      const more = problems.length === 1 ? '' : ` (and ${problems.length - 1} more)`;
      write('config-refused', `${problems[0]}${more}`, {
        inForce,
        problems: problems.slice(0, keptProblems),
      });
    },
    async onStart() {
      if (hasStarted) return;
      const entries = await deps.store.list({ limit: looksBack, action: 'config' });
      hasStarted = true;
      const before = entries.find(({ detail }) => detail['replica'] === replica)?.detail['to'] ?? null;
      const { hash } = model();
      if (before === hash) return;
      write('config', `routes.yaml at start: ${hash}`, { from: before, to: hash });
    },
  };
}
