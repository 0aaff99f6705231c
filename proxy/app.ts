import { randomBytes } from 'node:crypto';
import { chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { AdminDeps, VerifyResult } from './admin/admin-deps.ts';
import type { ConfigReport, Readiness } from './admin/api-types.ts';
import { startAdmin } from './admin/start-admin.ts';
import { formatProblem } from './config/problem.ts';
import type { Certificate } from './config/read-certificate.ts';
import { type CertificateWatcher, watchCertificate } from './config/watch-certificate.ts';
import { type RoutesWatcher, watchRoutes } from './config/watch-routes.ts';
import type { ListenerTls } from './data-plane/client-server.ts';
import type { ControlSnapshot } from './data-plane/snapshot.ts';
import type { TrafficReport } from './data-plane/traffic-counts.ts';
import { WorkerPool } from './data-plane/worker-pool.ts';
import { MigrationDelivery } from './delivery/delivery.ts';
import { MigrationStates } from './delivery/migration-states.ts';
import type { MigrationStatus } from './delivery/model.ts';
import { TrafficHistory } from './delivery/traffic-history.ts';
import type { VerifiedContracts } from './evidence/contracts/verify-contracts.ts';
import { Evidence } from './evidence/evidence.ts';
import { openFlags } from './flags/open-flags.ts';
import type { RoutingModel } from './routing/model.ts';
import { maskedSettings, type Settings } from './settings.ts';
import { createComparer } from './shadow/comparer.ts';
import { readRedactionKey } from './shadow/redaction-key.ts';
import { openAuditSpool } from './store/audit-spool.ts';
import { startBackgroundPostgres } from './store/background-postgres.ts';
import { lockDataDir } from './store/data-dir-lock.ts';
import { openStore } from './store/open-store.ts';
import { systemClock } from './telemetry/clock.ts';
import { createLogger } from './telemetry/logger.ts';
import { Metrics, type MetricsState } from './telemetry/metrics.ts';

export interface App {
  readonly port: number;
  readonly adminUrl: string;
  /** Lets requests under way finish for at most `graceMs`, then ends everything. */
  stop(graceMs: number): Promise<void>;
}

/** How often what was granted is held against evidence, holds and flags. */
const RECONCILE_EVERY_MS = 500;
/** How soon a move made on one replica holds on the others. */
const SYNC_STATES_EVERY_MS = 1000;

const comparerLimits = { maxQueuedPairs: 1000, maxQueuedBytes: 64 * 1024 * 1024, timeBudgetMs: 2000 };

/**
 * The composition root: makes every part and hands it its dependencies. Traffic comes first: the workers
 * start on what the configuration, the flags and the data directory say, and nobody waits for Postgres.
 */
export async function startApp(settings: Settings): Promise<App> {
  const clock = systemClock;
  const nowIso = () => new Date(clock.now()).toISOString();
  const log = createLogger({ level: settings.logLevel, name: 'ficus' });
  log.debug({ settings: maskedSettings(settings) }, 'settings');
  // Others may pass through, not look in: Postgres may run as another user.
  if (await mkdir(settings.dataDir, { recursive: true })) await chmod(settings.dataDir, 0o711);
  const unlock = lockDataDir(settings.dataDir);

  let loadedAt = nowIso();
  let onRoutes = (): void => {};
  const routes = await watchRoutes({
    file: settings.configFile,
    onModel: () => {
      loadedAt = nowIso();
      onRoutes();
    },
    onProblems: () => {},
    log,
  });
  const first = routes.current();
  if (!first) {
    routes.close();
    throw new Error(['the routes file is refused:', ...routes.problems().map(formatProblem)].join('\n'));
  }
  const model = (): RoutingModel => routes.current() ?? first;
  let onCertificate = (_: Certificate): void => {};
  const certificate =
    settings.tls &&
    (await watchCertificate({
      files: settings.tls,
      onCertificate: (next) => onCertificate(next),
      clock,
      log,
    }));

  const postgres =
    settings.databaseUrl === undefined
      ? startBackgroundPostgres({ dataDir: settings.dataDir, database: 'ficus', log })
      : undefined;
  const store = openStore({ databaseUrl: settings.databaseUrl ?? postgres!.url, log, clock });
  const spool = await openAuditSpool({ dataDir: settings.dataDir, store, log, clock });
  const flags = await openFlags(settings, { clock, log });
  const metrics = new Metrics();
  const traffic = new TrafficHistory(clock);
  const states = new MigrationStates({
    file: path.join(settings.dataDir, 'states.json'),
    store: store.migrationStates,
    log,
  });
  await states.loadFile();

  let pushSnapshot = (): void => {};
  const evidence = new Evidence({
    model,
    store,
    pactEnvironment: settings.pactEnvironment,
    onBuildsChanged: () => pushSnapshot(),
    onCounted: (pair) => store.pairWriter.add(pair),
    onDropped: (migration, reason) => {
      metrics.addDropped(migration, reason, 1);
      traffic.addDropped(migration, reason, 1);
    },
    clock,
    log,
  });
  const delivery = new MigrationDelivery({
    migrations: () => model().migrations,
    flags,
    gate: (migration) => evidence.gate(migration),
    pairs: (migration) => evidence.pairs(migration),
    states,
    traffic,
    audit: (entry) => void spool.recordAudit(entry),
    onCapsChanged: () => pushSnapshot(),
    clock,
    log,
  });
  const comparer = createComparer({
    ...comparerLimits,
    redactionKey: await readRedactionKey(settings.dataDir),
    log,
    onDropped: (reason, count) => metrics.addDropped('', reason, count),
    onCompared: (compared, rulesHash) => {
      metrics.addPair(compared.migration, compared.outcome);
      evidence.record(compared, rulesHash);
    },
  });
  comparer.setMigrations(model().migrations);

  let revision = 0;
  const snapshot = (): ControlSnapshot => ({
    revision: ++revision,
    routing: model(),
    features: flags.current(),
    caps: delivery.caps(),
    dryRunMigrations: evidence.dryRunMigrations(),
  });
  const onReport = (report: TrafficReport): void => {
    metrics.addReport(report);
    for (const [migration, counts] of Object.entries(report.migrations)) {
      traffic.add(migration, counts);
      if (migration !== '' && counts.service.requests > 0)
        states.countRequests(migration, counts.service.requests, nowIso());
    }
    for (const [migration, reasons] of Object.entries(report.shadowDropped)) {
      for (const [reason, count] of Object.entries(reasons)) traffic.addDropped(migration, reason, count);
    }
  };
  const listenerTls = ({ cert, key }: Certificate): ListenerTls => ({
    cert,
    key,
    minVersion: settings.tls!.minVersion,
    // Of their own for each certificate, so that a session doesn't outlive the one it was begun under.
    ticketKeys: randomBytes(48),
  });
  const shown = certificate?.current();
  const workers = await WorkerPool.start(
    {
      count: settings.workers,
      host: settings.host,
      port: settings.port,
      listener: {
        tls: shown && listenerTls(shown),
        trustedProxies: settings.trustedProxies,
      },
      debugHeaders: settings.debugHeaders,
      logLevel: settings.logLevel,
      onReport,
      onPair: (pair) => comparer.submit(pair),
      log,
      clock,
    },
    snapshot(),
  );
  onCertificate = (next) => workers.setTls(listenerTls(next));
  if (certificate && certificate.current() !== shown) onCertificate(certificate.current());
  pushSnapshot = () => workers.apply(snapshot());
  onRoutes = () => {
    comparer.setMigrations(model().migrations);
    evidence.refresh().catch((error: unknown) => log.error({ err: error }, 'evidence not refreshed'));
    pushSnapshot();
  };
  flags.onChange(() => pushSnapshot());
  // What another replica moved holds here, too; so does what was moved while Postgres was away.
  const syncStates = (): void => {
    if (!store.available()) return;
    states.syncWithStore().then(
      (changed) => changed && pushSnapshot(),
      (error: unknown) => log.warn({ err: error }, 'states not in step with Postgres'),
    );
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

  const readiness = (): Readiness => {
    const live = workers.workers().length;
    const { up, detail } = flags.health();
    return {
      ready: live > 0,
      parts: {
        workers: { up: live > 0, detail: `${live} of ${settings.workers}` },
        routes: { up: routes.problems().length === 0, detail: model().hash },
        flags: { up, ...(detail === undefined ? {} : { detail }) },
        postgres: { up: store.available() },
        ...(certificate ? { certificate: certificatePart(certificate) } : {}),
      },
    };
  };
  const adminDeps: AdminDeps = {
    delivery,
    reads: {
      listSignatures: (migration) => evidence.listSignatures(migration),
      async pairsOfSignature(migration, signature, limit) {
        await store.pairWriter.flush();
        return store.pairs.pairsOfSignature(migration, signature, limit);
      },
      pair: store.pairs.pair,
      audit: store.audit,
    },
    async verify(migration, actor) {
      const verified = await evidence.verify(migration);
      const outcomes = verified.results.map(({ evidence: { side, consumer, build, outcome } }) => ({
        side,
        consumer,
        build,
        outcome,
      }));
      const detail = { outcomes, problems: verified.problems };
      await spool.recordAudit({
        at: nowIso(),
        actor: actor.name,
        action: 'verify',
        migration,
        reason: '',
        detail,
      });
      delivery.reconcile();
      return verifyResult(verified);
    },
    config: () => configReport(settings.configFile, routes, model(), loadedAt),
    readiness,
    metrics: () =>
      metrics.render({
        shares: delivery.list().map(sharesOf),
        workers: workers.workers().length,
        workerRestarts: workers.restarts,
        storeAvailable: store.available(),
        configProblems: routes.problems().length,
      }),
    log,
    clock,
  };
  const admin = await startAdmin({ deps: adminDeps, port: settings.adminPort });
  log.info({ port: workers.port, admin: admin.url, workers: settings.workers }, 'ficus is up');

  return {
    port: workers.port,
    adminUrl: admin.url,
    async stop(graceMs) {
      clearInterval(reconciling);
      clearInterval(syncingStates);
      routes.close();
      certificate?.close();
      await workers.stop(graceMs);
      await admin.close();
      await comparer.close();
      await evidence.close();
      await flags.close();
      await states.flush();
      await spool.close();
      await store.close();
      await postgres?.stop();
      unlock();
    },
  };
}

function certificatePart(watcher: CertificateWatcher): Readiness['parts'][string] {
  const until = new Date(watcher.current().notAfter).toISOString();
  return { up: watcher.problem() === undefined, detail: watcher.problem() ?? `valid until ${until}` };
}

function verifyResult({ results, problems }: VerifiedContracts): VerifyResult {
  if (results.length === 0) return { done: false, reasons: problems };
  return {
    done: true,
    results: results.map(({ evidence, failures }) => ({
      ...evidence,
      failures: failures.map(({ subject, problems: texts }) => ({
        interaction: subject,
        text: texts.join('; '),
      })),
    })),
  };
}

function configReport(
  file: string,
  routes: RoutesWatcher,
  model: RoutingModel,
  loadedAt: string,
): ConfigReport {
  return { file, hash: model.hash, loadedAt, problems: routes.problems().map(formatProblem) };
}

function sharesOf({ id, share, shadowShare }: MigrationStatus): MetricsState['shares'][number] {
  return { migration: id, ...share, shadow: shadowShare };
}
