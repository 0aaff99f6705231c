import { randomBytes } from 'node:crypto';
import { chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from 'pino';
import { readCookieKey } from './app/cookie-key.ts';
import { formatProblem } from './config/problem.ts';
import type { Certificate } from './config/read-certificate.ts';
import { readJwks } from './config/read-public-keys.ts';
import { type CertificateWatcher, watchCertificate } from './config/watch-certificate.ts';
import { type RoutesWatcher, watchRoutes } from './config/watch-routes.ts';
import type { ListenerTls } from './data-plane/client-server.ts';
import type { PreparedWorkers } from './data-plane/prepare-workers.ts';
import type { ControlSnapshot } from './data-plane/snapshot.ts';
import type { TrafficReport } from './data-plane/traffic-counts.ts';
import type { WorkerHealth } from './data-plane/worker-messages.ts';
import { WorkerPool } from './data-plane/worker-pool.ts';
import { latchOf } from './delivery/guard/latch.ts';
import { MigrationStates, type StateStore } from './delivery/migration-states.ts';
import { grantedInForce } from './delivery/override.ts';
import type { FlagSource } from './flags/flag-source.ts';
import { type KillSwitch, openKillSwitch } from './flags/kill-switch.ts';
import { openFlags } from './flags/open-flags.ts';
import { withRetired } from './flags/retired.ts';
import { openTokenKeys } from './flags/token-keys.ts';
import type { RoutingModel } from './routing/model.ts';
import { maskedSettings, type Settings } from './settings.ts';
import type { Pair } from './shadow/pair.ts';
import type { RecordedExchange } from './shadow/recorded-exchange.ts';
import type { SamePair } from './shadow/same-pair.ts';
import { lockDataDir } from './store/data-dir-lock.ts';
import { systemClock } from './telemetry/clock.ts';
import { createLogger } from './telemetry/logger.ts';

/** What the control plane does with what workers send, and tells them; it comes later than the traffic. */
export interface ControlPlane {
  onReport(report: TrafficReport, health: WorkerHealth): void;
  /** A worker has seen a service fail whatever it is asked, and asks the monolith by itself since. */
  onServiceFailing?(migration: string, failures: number, withinMs: number): void;
  onPair(pair: Pair): void;
  /** A pair that agrees at sight. */
  onSame(same: SamePair): void;
  /** Comes only while `recording` asks for it. */
  onRecorded?(exchange: RecordedExchange): void;
  /** The routes have changed; the workers have them already. */
  onRoutes(): void;
  /** The routes file as it is now is refused, or good again. */
  onRouteProblems?(): void;
  dryRunMigrations(): readonly string[];
  /** Percent of requests to record, by migration id; a change is told by `pushSnapshot`. */
  recording?(): Readonly<Record<string, number>>;
}

/** Traffic that flows, and what it flows by: routes, flags, and the shares that were granted. */
export interface Traffic {
  readonly log: Logger;
  readonly routes: RoutesWatcher;
  readonly flags: FlagSource;
  readonly kill: KillSwitch;
  readonly states: MigrationStates;
  readonly workers: WorkerPool;
  /** What clients are shown; none without TLS. */
  readonly certificate: CertificateWatcher | undefined;
  model(): RoutingModel;
  /** When the routes in force were loaded. */
  loadedAt(): string;
  /** Tells the workers what holds now. */
  pushSnapshot(): void;
  connectStore(store: StateStore): void;
  handOver(control: ControlPlane): void;
  /** Lets the next process have the data directory. */
  unlock(): void;
}

/** Reports and pairs kept for a control plane that is still on its way; what is more is left out. */
const MAX_KEPT = 1000;

/**
 * Starts what a request needs and nothing else: routes, flags, granted shares and the workers. Admin plane,
 * evidence, comparer and store, which take longer to load than all of this, come after the first request.
 */
export async function startTraffic(settings: Settings, prepared: PreparedWorkers): Promise<Traffic> {
  const clock = systemClock;
  const nowIso = () => new Date(clock.now()).toISOString();
  const log = createLogger({ level: settings.logLevel, name: 'ficus' });
  log.debug({ settings: maskedSettings(settings) }, 'settings');
  // Others may pass through, not look in: Postgres may run as another user.
  if (await mkdir(settings.dataDir, { recursive: true })) await chmod(settings.dataDir, 0o711);
  const unlock = lockDataDir(settings.dataDir);

  const kept: ((control: ControlPlane) => void)[] = [];
  let control: ControlPlane | undefined;
  let store: StateStore | undefined;
  let loadedAt = nowIso();
  let onRoutes = (): void => {};
  let onCertificate = (_: Certificate): void => {};

  const toControl = (act: (control: ControlPlane) => void, room = MAX_KEPT): void => {
    if (control) act(control);
    else if (kept.length < room) kept.push(act);
  };
  const states = new MigrationStates({
    file: path.join(settings.dataDir, 'states.json'),
    store: {
      load: () => store?.load() ?? Promise.reject(new Error('Postgres is not asked for yet')),
      save: (row) => store?.save(row) ?? Promise.reject(new Error('Postgres is not asked for yet')),
    },
    log,
  });
  const [routes, flags, certificate] = await Promise.all([
    watchRoutes({
      file: settings.configFile,
      secrets: settings.secrets,
      onModel: () => {
        loadedAt = nowIso();
        onRoutes();
      },
      onProblems: () => control?.onRouteProblems?.(),
      log,
    }),
    openFlags(settings, { clock, log }),
    settings.tls &&
      watchCertificate({ files: settings.tls, onCertificate: (next) => onCertificate(next), clock, log }),
    states.loadFile(),
  ]);
  const kill = await openKillSwitch({ flags, dataDir: settings.dataDir, clock, log });
  const first = routes.current();
  if (!first) {
    routes.close();
    throw new Error(['the routes file is refused:', ...routes.problems().map(formatProblem)].join('\n'));
  }
  const model = (): RoutingModel => routes.current() ?? first;

  let onKeys = (): void => {};
  const tokenKeys = await openTokenKeys({
    dataDir: settings.dataDir,
    model,
    readKeys: readJwks,
    onChange: () => onKeys(),
    log,
  });

  const cookieKey = await readCookieKey(settings, model().migrations, log);
  let revision = 0;
  const snapshot = (): ControlSnapshot => {
    const now = nowIso();
    const retired = model().migrations.flatMap(({ id }) =>
      states.get(id, now).phase === 'retired' ? [id] : [],
    );
    return {
      revision: ++revision,
      routing: model(),
      features: withRetired(flags.current(), retired),
      killed: kill.state() !== undefined,
      tokenKeys: tokenKeys.current(),
      forceKey: settings.forceKey,
      cookieKey,
      latched: model().migrations.flatMap(({ id }) => (latchOf(states.get(id, now)) ? [id] : [])),
      retired,
      caps: Object.fromEntries(
        model().migrations.map(({ id }) => [id, grantedInForce(states.get(id, now), clock.now())]),
      ),
      dryRunMigrations: control?.dryRunMigrations() ?? [],
      recording: control?.recording?.() ?? {},
    };
  };
  const listenerTls = ({ cert, key }: Certificate): ListenerTls => ({
    cert,
    key,
    minVersion: settings.tls!.minVersion,
    // Of their own for each certificate, so that a session doesn't outlive the one it was begun under.
    ticketKeys: randomBytes(48),
  });
  const shown = certificate?.current();
  const workers = new WorkerPool(
    {
      count: settings.workers,
      listener: {
        tls: shown && listenerTls(shown),
        http2: settings.http2,
        trustedProxies: settings.trustedProxies,
      },
      settings: {
        debugHeaders: settings.debugHeaders,
        logLevel: settings.logLevel,
        accessLogSample: settings.accessLogSample,
        maxMemoryBytes: settings.maxWorkerBytes,
      },
      onReport: (report, health) => toControl(({ onReport }) => onReport(report, health)),
      // There is always room for it, once by worker and migration: a worker that is not heard asks the monolith for good.
      onServiceFailing: (...seen) =>
        toControl(({ onServiceFailing }) => onServiceFailing?.(...seen), Number.POSITIVE_INFINITY),
      onShadow({ pairs, same, recorded }) {
        for (const pair of pairs) toControl((control) => control.onPair(pair));
        for (const one of same) toControl((control) => control.onSame(one));
        for (const exchange of recorded) control?.onRecorded?.(exchange);
      },
      log,
      clock,
    },
    prepared,
    snapshot(),
  );
  onCertificate = (next) => workers.setTls(listenerTls(next));
  if (certificate && certificate.current() !== shown) onCertificate(certificate.current());
  await workers.startFirst();
  workers.startOthers().catch((error: unknown) => log.error({ err: error }, 'worker did not start'));

  // Several changes of one moment, such as all shares after a reload, are told once.
  let isPushing = false;
  const pushSnapshot = (): void => {
    if (isPushing) return;
    isPushing = true;
    setImmediate(() => {
      isPushing = false;
      workers.apply(snapshot());
    });
  };
  onKeys = pushSnapshot;
  onRoutes = () => {
    tokenKeys.refresh();
    pushSnapshot();
    control?.onRoutes();
  };
  flags.onChange(pushSnapshot);
  kill.onChange(pushSnapshot);

  return {
    log,
    routes,
    flags,
    kill,
    states,
    workers,
    certificate,
    model,
    loadedAt: () => loadedAt,
    pushSnapshot,
    connectStore(opened) {
      store = opened;
    },
    handOver(newControl) {
      control = newControl;
      for (const act of kept.splice(0)) act(newControl);
    },
    unlock() {
      tokenKeys.close();
      unlock();
    },
  };
}
