import path from 'node:path';
import { auditFlips } from './app/audit-flips.ts';
import { openStorage } from './app/open-storage.ts';
import { createPreviews } from './app/preview-moves.ts';
import { useOf } from './app/reports.ts';
import { serveAdmin } from './app/serve-admin.ts';
import { startDelivery } from './app/start-delivery.ts';
import { startGuarding } from './app/start-guarding.ts';
import { watchConfig } from './app/watch-config.ts';
import { watchMoves } from './app/watch-moves.ts';
import type { StopTimes } from './data-plane/worker-pool.ts';
import { createKillControl } from './delivery/kill-control.ts';
import { SeriesCounter } from './delivery/series/series-counter.ts';
import { standingsOf } from './delivery/series/standings.ts';
import { TrafficHistory } from './delivery/traffic-history.ts';
import { Evidence } from './evidence/evidence.ts';
import { createRecorder } from './recording/recorder.ts';
import type { Migration } from './routing/model.ts';
import type { Settings } from './settings.ts';
import { comparedMigrations } from './shadow/compared-migration.ts';
import { createComparer } from './shadow/comparer.ts';
import { hideSecrets } from './shadow/redact-text.ts';
import { agreedPair } from './shadow/same-pair.ts';
import type { Traffic } from './start-traffic.ts';
import { readKeyFile } from './store/key-file.ts';
import type { AuditEntry } from './store/model.ts';
import { systemClock } from './telemetry/clock.ts';
import { Metrics } from './telemetry/metrics.ts';

export interface App {
  readonly port: number;
  readonly adminUrl: string;
  /** Not ready at once; drains, lets requests under way finish, then ends everything. */
  stop(times: StopTimes): Promise<void>;
  /** The workers say what they break off, and end. */
  abort(): void;
}

/** How often what was granted is held against evidence, holds and flags. */
const RECONCILE_EVERY_MS = 500;
/** How soon a move made on one replica holds on the others. */
const SYNC_STATES_EVERY_MS = 250;

const comparerLimits = { maxQueuedPairs: 1000, maxQueuedBytes: 64 * 1024 * 1024, timeBudgetMs: 2000 };

/**
 * The composition root of the control plane: makes every part and hands it its dependencies. Traffic flows
 * already, by what the configuration, the flags and the data directory say; nobody waits for Postgres.
 */
export async function startApp(settings: Settings, traffic: Traffic): Promise<App> {
  const { log, routes, flags, kill: killSwitch, states, workers, certificate, model, pushSnapshot } = traffic;
  const clock = systemClock;
  const nowIso = () => new Date(clock.now()).toISOString();
  const metrics = new Metrics();
  const storage = await openStorage(settings, {
    onPairsDropped: (reason, count) => metrics.addDropped('', `store-${reason}`, count),
    clock,
    log,
  });
  const { store } = storage;
  traffic.connectStore(store.migrationStates);
  const spool = watchMoves({
    storage,
    delivery: () => delivery,
    onBehind: () => syncStates(),
    nowIso,
    log,
  });
  const audit = (entry: AuditEntry): void => void spool.recordAudit(entry);
  const kill = createKillControl({ kill: killSwitch, audit, clock });
  const flips = auditFlips({
    onRaised: (...raised) => delivery.flagRaised(...raised),
    ...{ settings, flags, model, store, spool, clock, log },
  });
  const history = new TrafficHistory(clock);
  const series = new SeriesCounter({
    store: store.series,
    standings: () => standingsOf(delivery.list(), model().migrations),
    clock,
    log,
  });
  let compareAll = (): void => {};
  const evidence = new Evidence({
    model,
    store,
    pactEnvironment: settings.pactEnvironment,
    brokerCredentials: settings.pactBroker,
    pactCacheDir: path.join(settings.dataDir, 'pacts'),
    hideSecrets: (text) => hideSecrets(text, () => '‹redacted›'),
    onBuildsChanged: pushSnapshot,
    onDescriptionsChanged: () => compareAll(),
    onCounted: (pair, { monolithBuild, serviceBuild }) =>
      store.pairWriter.add({ ...pair, ...useOf(pair), monolithBuild, serviceBuild }),
    clientAnswers: (migration) => history.clientAnswers(migration),
    served: (migration) => history.servedLately(migration),
    onDropped: (migration, reason) => {
      metrics.addDropped(migration, reason, 1);
      history.addDropped(migration, reason, 1);
      series.dropped(migration, reason, 1);
    },
    clock,
    log,
  });
  const gate = (migration: Migration) => evidence.gate(migration);
  const pairs = (migration: Migration) => evidence.pairs(migration);
  const beside = watchConfig({
    ...{ settings, routes, flags, workers, model, store, log, clock },
    audit: spool.recordAudit,
  });
  const { killed } = kill;
  const started = startDelivery({
    databaseUrl: storage.databaseUrl,
    webhookKey: settings.webhookKey,
    store,
    migrations: () => model().migrations,
    traffic: history,
    onCapsChanged: pushSnapshot,
    ...{ flags, states, gate, pairs, killed, audit, clock, log },
  });
  const { delivery, daily, stepRequests } = started;
  const pairsLately = (migration: Migration) => evidence.pairsLately(migration);
  const previews = createPreviews({
    clock,
    model,
    evidence,
    delivery: () => delivery,
    others: beside.others,
  });
  const guardingDeps = { delivery, gate, pairsLately, killed, traffic: history, audit, clock };
  const guarding = await startGuarding(traffic, guardingDeps, settings.redisUrl);
  const { guard, drill, redis } = guarding;
  const redactionKey = await readKeyFile(
    settings.dataDir,
    'redaction',
    'old and new pairs show secrets differently',
  );
  const recorder = createRecorder({
    directory: path.join(settings.dataDir, 'recordings'),
    redactionKey,
    migrations: () => model().migrations.map(({ id, shadow: { redact } }) => ({ id, redact })),
    onShares: pushSnapshot,
    onDropped: (migration, reason) =>
      metrics.addDropped(migration, `recorder-${reason.replaceAll('_', '-')}`, 1),
    clock,
    log,
  });
  const comparer = createComparer({
    ...comparerLimits,
    redactionKey,
    sealingKey: settings.reveal.keys[0],
    log,
    onDropped: (reason, count) => metrics.addDropped('', reason, count),
    onCompared: (compared, rulesHash) => {
      metrics.addPair(compared.migration, compared.outcome);
      if (compared.control === 'service') daily.reverse(compared.migration, compared.outcome);
      series.compared(compared);
      evidence.record(compared, rulesHash);
    },
  });
  compareAll = () => comparer.setMigrations(comparedMigrations(model(), (id) => evidence.description(id)));
  compareAll();

  traffic.handOver({
    onReport(report, health) {
      metrics.addReport(report);
      metrics.addDroppedLogLines(health.droppedLogLines);
      guard.addReport(report.migrations);
      previews.onReport(report);
      for (const [migration, counts] of Object.entries(report.migrations)) {
        history.add(migration, counts);
        series.answered(migration, counts);
        if (migration !== '') daily.answered(migration, counts.monolith.requests, counts.service.requests);
        if (migration !== '' && counts.service.requests > 0)
          stepRequests.count(migration, counts.service.requests);
      }
      for (const [migration, reasons] of Object.entries(report.shadowDropped)) {
        for (const [reason, count] of Object.entries(reasons)) {
          history.addDropped(migration, reason, count);
          series.dropped(migration, reason, count);
        }
      }
    },
    onServiceFailing: (...seen) => guard.workerTripped(...seen),
    onPair: (pair) => comparer.submit(pair),
    onRecorded: (exchange) => recorder.submit(exchange),
    recording: () => recorder.shares(),
    onSame(same) {
      const migration = model().migrations.find(({ id }) => id === same.migration);
      if (!migration) return;
      metrics.addPair(same.migration, 'agreed');
      if (same.control === 'service') daily.reverse(same.migration, 'agreed');
      const agreed = agreedPair(same, migration.coverage?.role);
      series.compared(agreed);
      evidence.record(agreed, migration.rulesHash);
    },
    onRouteProblems: () => beside.onRefused(),
    onRoutes() {
      beside.onRoutes();
      recorder.onRoutes();
      compareAll();
      evidence.refresh().catch((error: unknown) => log.error({ err: error }, 'evidence not refreshed'));
    },
    dryRunMigrations: () => evidence.dryRunMigrations(),
  });
  // What another replica moved holds here, too; so does what was moved while Postgres was away.
  const syncStates = async (): Promise<void> => {
    if (!store.available()) return;
    try {
      if (await states.syncWithStore()) pushSnapshot();
    } catch (error) {
      log.warn({ err: error }, 'states not in step with Postgres');
    }
  };
  store.onAvailable(syncStates);
  const syncingStates = setInterval(syncStates, SYNC_STATES_EVERY_MS);
  await evidence.refresh();
  delivery.reconcile();
  const reconciling = setInterval(() => {
    try {
      delivery.reconcile();
    } catch (error) {
      // The supervisor's end would be its workers' end: what is granted stays as it is.
      log.error({ err: error }, 'shares not reconciled');
    }
  }, RECONCILE_EVERY_MS);

  let stopping = false;
  const admin = await serveAdmin(settings, traffic, {
    ...{
      evidence,
      delivery,
      series,
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
    },
    isStopping: () => stopping,
  });
  log.info({ port: workers.port, admin: admin.url, workers: settings.workers }, 'ficus is up');

  return {
    port: workers.port,
    adminUrl: admin.url,
    abort: () => workers.abort(),
    async stop(times) {
      stopping = true;
      clearInterval(reconciling);
      guarding.close();
      clearInterval(syncingStates);
      routes.close();
      certificate?.close();
      await workers.stop(times);
      await admin.close();
      await recorder.close();
      await comparer.close();
      await evidence.close();
      await flips.close();
      await flags.close();
      await states.flush();
      await started.close();
      await series.close();
      await beside.close();
      await storage.close();
      traffic.unlock();
    },
  };
}
