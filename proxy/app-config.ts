import type { Logger } from 'pino';
import type { ConfigReport } from './admin/api-types.ts';
import { auditConfig } from './app-config-audit.ts';
import type { Storage } from './app-storage.ts';
import type { RoutesWatcher } from './config/watch-routes.ts';
import { watchReplicas } from './replica-watch.ts';
import type { RoutingModel } from './routing/model.ts';
import type { Settings } from './settings.ts';
import type { AuditEntry } from './store/model.ts';
import type { Store } from './store/open-store.ts';
import type { Clock } from './telemetry/clock.ts';
import type { MetricsState } from './telemetry/metrics.ts';

/** Which configuration is in force: what the audit, other replicas, the admin API and a scrape learn of it. */
export interface ConfigWatch {
  onRoutes(): void;
  onRefused(): void;
  report(): Pick<ConfigReport, 'replicas'>;
  metrics(storage: Pick<Storage, 'anchor' | 'spool'>): Pick<MetricsState, 'deployment'>;
  close(): Promise<void>;
}

export function watchConfig(deps: {
  readonly settings: Settings;
  readonly routes: RoutesWatcher;
  readonly model: () => RoutingModel;
  readonly store: Store;
  readonly audit: (entry: AuditEntry) => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
}): ConfigWatch {
  const { settings, routes, model, store, audit, clock, log } = deps;
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
  const beside = watchReplicas({
    replica,
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
      return replicas === undefined ? {} : { replicas };
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
