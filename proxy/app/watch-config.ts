import type { Logger } from 'pino';
import type { ConfigReport } from '../admin/api-types.ts';
import { showProblems } from '../config/excerpt.ts';
import type { RoutesWatcher } from '../config/watch-routes.ts';
import type { WorkerPool } from '../data-plane/worker-pool.ts';
import type { FlagSource } from '../flags/flag-source.ts';
import type { RoutingModel } from '../routing/model.ts';
import type { Settings } from '../settings.ts';
import type { AuditEntry } from '../store/model.ts';
import type { Store } from '../store/open-store.ts';
import type { Clock } from '../telemetry/clock.ts';
import type { MetricsState } from '../telemetry/metrics.ts';
import { auditConfig } from './audit-config.ts';
import type { Storage } from './open-storage.ts';
import { replicaDetail } from './replica-detail.ts';
import { watchReplicas } from './watch-replicas.ts';

/** Which configuration is in force: what the audit, other replicas, the admin API and a scrape learn of it. */
export interface ConfigWatch {
  onRoutes(): void;
  onRefused(): void;
  report(): Pick<ConfigReport, 'replica' | 'replicas' | 'refusals' | 'workers' | 'flags'>;
  /** That others have traffic of their own, in a sentence; undefined while nobody is known beside us. */
  others(): string | undefined;
  metrics(storage: Pick<Storage, 'anchor' | 'spool'>): Pick<MetricsState, 'deployment'>;
  close(): Promise<void>;
}

export function watchConfig(deps: {
  readonly settings: Settings;
  readonly routes: RoutesWatcher;
  readonly model: () => RoutingModel;
  readonly store: Store;
  readonly flags: Pick<FlagSource, 'health' | 'ageMs'>;
  readonly workers: Pick<WorkerPool, 'workers'>;
  readonly audit: (entry: AuditEntry) => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
}): ConfigWatch {
  const { settings, routes, model, store, flags, workers, audit, clock, log } = deps;
  const { replica, configFile } = settings;
  const nowIso = () => new Date(clock.now()).toISOString();
  const config = auditConfig({
    file: configFile,
    replica,
    routes,
    model,
    audit: (entry) => void audit(entry),
    store: store.audit,
    nowIso,
  });
  const onStart = (): void => {
    config
      .onStart()
      .catch((error: unknown) => log.warn({ err: error }, 'the routes at start are not audited'));
  };
  store.onAvailable(onStart);
  const detail = () => replicaDetail({ flags, workers, refused: routes.problems().length });
  const beside = watchReplicas({
    replica,
    detail,
    startedAt: nowIso(),
    configHash: () => model().hash,
    store: { ...store.replicas, available: store.available, onAvailable: store.onAvailable },
    monotonic: () => clock.monotonic(),
    log,
  });
  return {
    onRoutes: config.onRoutes,
    onRefused: config.onRefused,
    report() {
      const replicas = beside.replicas();
      const { workers, flags } = detail();
      return {
        replica,
        workers,
        flags,
        refusals: showProblems(routes.problems(), routes.refusedText()),
        ...(replicas === undefined ? {} : { replicas }),
      };
    },
    others() {
      const others = (beside.replicas() ?? []).filter((one) => one.replica !== replica).length;
      if (others === 0) return undefined;
      if (others === 1) return `Counted by ${replica} alone; the other replica has users of its own.`;
      return `Counted by ${replica} alone; ${others} other replicas have users of their own.`;
    },
    metrics: ({ anchor, spool }) => ({
      deployment: {
        configHash: model().hash,
        replicas: beside.replicas()?.length,
        audit: { ...spool.counts(), intact: anchor.problem() === undefined },
      },
    }),
    close: beside.close,
  };
}
