import type { AdminDeps } from '../admin/admin-deps.ts';
import type { Readiness } from '../admin/api-types.ts';
import { openLogin } from '../admin/login/open-login.ts';
import { type AdminServer, startAdmin } from '../admin/start-admin.ts';
import { withWarnings } from '../admin/with-warnings.ts';
import type { MigrationDelivery } from '../delivery/delivery.ts';
import { createForceGrants } from '../delivery/force-grants.ts';
import type { KillControl } from '../delivery/kill-control.ts';
import type { SeriesCounter } from '../delivery/series/series-counter.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { Recorder } from '../recording/recorder.ts';
import type { Settings } from '../settings.ts';
import type { Comparer } from '../shadow/comparer.ts';
import { deadRules } from '../shadow/rule-use.ts';
import type { Traffic } from '../start-traffic.ts';
import { readKeyFile } from '../store/key-file.ts';
import type { SharedRedis } from '../store/redis.ts';
import type { Clock } from '../telemetry/clock.ts';
import { stdoutLogSink } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { adminReads } from './admin-reads.ts';
import type { Storage } from './open-storage.ts';
import { linkPairs } from './pair-links.ts';
import type { MovePreviews } from './preview-moves.ts';
import {
  auditPart,
  certificatePart,
  configReport,
  guardOf,
  sharesOf,
  verifyEntry,
  verifyResult,
} from './reports.ts';
import { createReveal } from './reveal-values.ts';
import { verdictMoves } from './verdict-moves.ts';
import type { watchConfig } from './watch-config.ts';
import type { watchMoves } from './watch-moves.ts';

/** What the admin plane shows and moves. */
export interface AdminParts {
  readonly evidence: Evidence;
  readonly delivery: MigrationDelivery;
  readonly series: SeriesCounter;
  readonly comparer: Pick<Comparer, 'ruleUse'>;
  readonly recorder: Recorder;
  readonly spool: ReturnType<typeof watchMoves>;
  readonly storage: Storage;
  readonly kill: KillControl;
  readonly drill: AdminDeps['drill'];
  readonly previews: Pick<MovePreviews, 'preview' | 'routes'>;
  readonly redis: SharedRedis | undefined;
  readonly beside: ReturnType<typeof watchConfig>;
  readonly metrics: Metrics;
  readonly clock: Clock;
  isStopping(): boolean;
}

/** The admin plane of a running Ficus, with its login. */
export async function serveAdmin(
  settings: Settings,
  traffic: Traffic,
  parts: AdminParts,
): Promise<AdminServer> {
  const { log, routes, flags, workers, certificate, model } = traffic;
  const {
    evidence,
    delivery,
    comparer,
    recorder,
    spool,
    storage,
    kill,
    drill,
    previews,
    redis,
    beside,
    metrics,
    clock,
  } = parts;
  const { store, anchor } = storage;
  const nowIso = () => new Date(clock.now()).toISOString();
  const readiness = (): Readiness => {
    const live = workers.workers().length;
    const { up, detail } = flags.health();
    return {
      ready: live > 0 && !parts.isStopping(),
      parts: {
        workers: {
          up: live > 0,
          detail: `${live} of ${settings.workers}${parts.isStopping() ? ', stopping' : ''}`,
        },
        routes: { up: routes.problems().length === 0, detail: model().hash },
        flags: { up, ...(detail === undefined ? {} : { detail }) },
        kill: { up: !kill.status().on, detail: kill.status().text },
        postgres: { up: store.available() },
        ...(redis ? { redis: redis.health() } : {}),
        audit: auditPart(anchor.problem(), storage.spool.counts(), store.auditRights()),
        ...(certificate ? { certificate: certificatePart(certificate) } : {}),
      },
    };
  };
  const adminDeps: AdminDeps = {
    revisions: spool.revisions,
    delivery: withWarnings(delivery, (migration) => deadRules(comparer.ruleUse(migration))),
    reads: adminReads(evidence, storage, parts.series),
    commandAnswers: { ...store.commandAnswers, available: store.available },
    signaturesOf: (migration) => evidence.judging.shown(migration),
    async verify(migration, actor) {
      const verified = await evidence.verify(migration);
      await spool.recordAudit(verifyEntry(verified, migration, actor.name, nowIso()));
      delivery.reconcile();
      return verifyResult(verified);
    },
    contracts: {
      view: (migration) => evidence.contractView(migration),
      draft: (migration, order) => evidence.draftContract(migration, order),
    },
    ...verdictMoves(evidence.judging, {
      recordAudit: (entry) => spool.recordAudit(entry),
      reconcile: () => delivery.reconcile(),
    }),
    kill,
    force: createForceGrants({
      key: settings.forceKey,
      audit: (entry) => void spool.recordAudit(entry),
      clock,
    }),
    recorder,
    recordAudit: ({ name }, action, reason, detail) =>
      void spool.recordAudit({ at: nowIso(), actor: name, action, reason, detail }),
    reveal: createReveal({ settings: settings.reveal, store, spool: storage.spool, nowIso }),
    linked: linkPairs({ model, settings, store }),
    drill,
    preview: previews.preview,
    routes: previews.routes,
    config: () => ({
      ...configReport(settings.configFile, routes, model(), traffic.loadedAt()),
      ...beside.report(),
    }),
    readiness,
    metrics() {
      metrics.addDroppedLogLines(stdoutLogSink().takeDropped());
      const statuses = delivery.list();
      return metrics.render({
        shares: statuses.map(sharesOf),
        killed: kill.status().on,
        workers: workers.workers().length,
        workerRestarts: workers.restarts,
        refusedSnapshots: workers.refusedSnapshots,
        storeAvailable: store.available(),
        guard: guardOf(statuses, redis),
        configProblems: routes.problems().length,
        configRefusals: routes.refusals(),
        ...beside.metrics(storage),
        certificateNotAfter: certificate?.current().notAfter,
      });
    },
    log,
    clock,
  };
  const login =
    settings.login &&
    (await openLogin(settings.login, {
      key:
        settings.login.sessionKey ??
        (await readKeyFile(settings.dataDir, 'session', 'everybody logs in anew')),
      origin: settings.adminOrigin ?? `http://localhost:${settings.adminPort}`,
      clock,
      log,
    }));
  const admin = await startAdmin({
    deps: adminDeps,
    port: settings.adminPort,
    host: settings.adminHost,
    origin: settings.adminOrigin,
    login,
  });
  return {
    url: admin.url,
    async close() {
      await admin.close();
      login?.close();
    },
  };
}
