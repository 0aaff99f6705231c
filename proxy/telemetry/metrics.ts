import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { type Clock, systemClock } from './clock.ts';
import type { DeploymentState } from './deployment-state.ts';
import { type GuardState, guardMetrics } from './guard-metrics.ts';
import { latencyBucketBound, latencyBuckets } from './latency.ts';
import type { Report, SideReport, UpstreamReport } from './metrics-report.ts';

/** Whose requests an upstream was asked by: each kind has breakers and connections of its own. */
type Traffic = 'clients' | 'copies';

/** What a scrape reads from the control plane as it stands. */
export interface MetricsState {
  readonly shares: readonly {
    readonly migration: string;
    readonly asked: number;
    readonly allowed: number;
    readonly effective: number;
    readonly shadow: number;
    /** Unix time in seconds until which the gate is overridden. */
    readonly overrideUntil?: number;
  }[];
  /** The kill switch is on. */
  readonly killed?: boolean;
  readonly workers: number;
  readonly workerRestarts: number;
  readonly storeAvailable: boolean;
  /** Absent where nothing guards. */
  readonly guard?: GuardState;
  readonly configProblems: number;
  /** Times that the routes file was refused since the start. */
  readonly configRefusals: number;
  readonly deployment?: DeploymentState;
  readonly refusedSnapshots: number;
  /** When the certificate that clients are shown ends, in ms since 1970; undefined without TLS. */
  readonly certificateNotAfter: number | undefined;
}

/** Workers report twice a second; one that is silent for longer is gone. */
const WORKER_SILENCE_MS = 5000;

/** Traffic outside every migration. */
const NO_MIGRATION = 'none';

/** Every metric that Ficus exports. Labels are ids from routes.yaml and closed lists, never paths. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #clock: Clock;
  readonly #requests = this.#counter('ficus_requests_total', 'Answers by the side that gave them', [
    'migration',
    'side',
  ]);
  readonly #errors = this.#counter(
    'ficus_request_errors_total',
    'Answers of 500 and above, and broken ones',
    ['migration', 'side'],
  );
  readonly #fallbacks = this.#counter(
    'ficus_fallbacks_total',
    'Requests the monolith answered because the service could not',
    ['migration'],
  );
  readonly #failures = this.#counter('ficus_failures_total', 'Answers the proxy made itself, by code', [
    'code',
  ]);
  readonly #upgrades = this.#counter('ficus_upgrades_total', 'WebSockets opened', []);
  readonly #dropped = this.#counter(
    'ficus_shadow_dropped_total',
    'Copies or pairs not sent or not compared',
    ['migration', 'reason'],
  );
  readonly #pairs = this.#counter('ficus_pairs_total', 'Compared pairs', ['migration', 'outcome']);
  readonly #latency = new Histogram({
    name: 'ficus_request_duration_seconds',
    help: 'From the request to the end of the answer',
    labelNames: ['migration', 'side'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [this.#registry],
  });
  readonly #transitions = this.#counter(
    'ficus_breaker_transitions_total',
    'Changes of breakers, by the state that followed',
    ['upstream', 'traffic', 'to'],
  );
  readonly #breakers = this.#gauge(
    'ficus_breaker_open_workers',
    'Workers that hold an upstream for gone, half-open included',
    ['upstream', 'traffic'],
  );
  readonly #refused = this.#counter(
    'ficus_upstream_refused_total',
    'Requests, second tries and fallbacks that an upstream was spared',
    ['upstream', 'traffic', 'reason'],
  );
  readonly #retries = this.#counter('ficus_retries_total', 'Requests sent to an upstream once more', [
    'upstream',
    'traffic',
  ]);
  readonly #handshakes = this.#counter(
    'ficus_tls_handshake_failures_total',
    'TLS handshakes of clients that came to nothing',
    [],
  );
  /** No figure at all without TLS. */
  #certificate: Gauge | undefined;
  /** The last word of each worker, and when it came. */
  readonly #states = new Map<number, { at: number; report: Report }>();
  readonly #share = this.#gauge('ficus_share_percent', 'Share of users, by what asks or allows', [
    'migration',
    'kind',
  ]);
  readonly #override = this.#gauge(
    'ficus_override_until_seconds',
    'While a gate is overridden: when that ends, in Unix time',
    ['migration'],
  );
  readonly #kill = this.#gauge('ficus_kill_switch', '1 while everything goes to the monolith', []);
  readonly #workers = this.#gauge('ficus_workers', 'Data-plane workers that live', []);
  readonly #restarts = this.#gauge('ficus_worker_restarts', 'Workers replaced since the start', []);
  readonly #setGuard = guardMetrics(this.#registry);
  readonly #store = this.#gauge('ficus_store_available', '1 while Postgres answers', []);
  readonly #config = this.#gauge(
    'ficus_config_problems',
    'Problems of the routes file as it is now; the last good one is in force',
    [],
  );

  readonly #configInfo = this.#gauge('ficus_config_info', 'The routes file in force, by its hash', ['hash']);
  readonly #replicas = this.#gauge('ficus_replicas', 'Replicas that share the database', []);
  readonly #auditEntries = this.#gauge('ficus_audit_entries', 'Audit entries not in Postgres', ['state']);
  readonly #auditIntact = this.#gauge(
    'ficus_audit_intact',
    '1 while the chain ends as it was noted here',
    [],
  );
  readonly #refusals = this.#gauge('ficus_config_refusals', 'Routes files refused since the start', []);
  readonly #snapshots = this.#gauge(
    'ficus_refused_snapshots',
    'Snapshots that a worker could not apply; the one before them stays in force',
    [],
  );
  readonly #logLines = this.#counter(
    'ficus_log_lines_dropped_total',
    'Log lines dropped because their reader or their disk took no more',
    [],
  );

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  addDroppedLogLines(count: number): void {
    if (count > 0) this.#logLines.inc(count);
  }

  addReport(report: Report): void {
    for (const [id, counts] of Object.entries(report.migrations)) {
      const migration = id || NO_MIGRATION;
      this.#addSide(migration, 'monolith', counts.monolith);
      this.#addSide(migration, 'service', counts.service);
      if (counts.fallbacks > 0) this.#fallbacks.inc({ migration }, counts.fallbacks);
    }
    for (const [code, count] of Object.entries(report.failures)) this.#failures.inc({ code }, count);
    for (const [migration, reasons] of Object.entries(report.shadowDropped)) {
      for (const [reason, count] of Object.entries(reasons)) this.addDropped(migration, reason, count);
    }
    if (report.upgrades > 0) this.#upgrades.inc(report.upgrades);
    if (report.failedHandshakes > 0) this.#handshakes.inc(report.failedHandshakes);
    this.#states.set(report.worker, { at: this.#clock.monotonic(), report });
    for (const [traffic, id, upstream] of upstreamsOf(report)) this.#addUpstream(id, traffic, upstream);
  }

  addDropped(migration: string, reason: string, count: number): void {
    this.#dropped.inc({ migration, reason }, count);
  }

  addPair(migration: string, outcome: string): void {
    this.#pairs.inc({ migration, outcome });
  }

  /** Prometheus text format. */
  async render(state: MetricsState): Promise<string> {
    this.#share.reset();
    this.#override.reset();
    for (const { migration, asked, allowed, effective, shadow, overrideUntil } of state.shares) {
      if (overrideUntil !== undefined) this.#override.set({ migration }, overrideUntil);
      this.#share.set({ migration, kind: 'asked' }, asked);
      this.#share.set({ migration, kind: 'allowed' }, allowed);
      this.#share.set({ migration, kind: 'effective' }, effective);
      this.#share.set({ migration, kind: 'shadow' }, shadow);
    }
    this.#kill.set(state.killed ? 1 : 0);
    this.#workers.set(state.workers);
    this.#restarts.set(state.workerRestarts);
    this.#store.set(state.storeAvailable ? 1 : 0);
    if (state.guard) this.#setGuard(state.guard);
    this.#config.set(state.configProblems);
    this.#refusals.set(state.configRefusals);
    this.#showDeployment(state.deployment);
    this.#snapshots.set(state.refusedSnapshots);
    this.#showCertificate(state.certificateNotAfter);
    this.#countBreakers();
    return await this.#registry.metrics();
  }

  #showDeployment(deployment: DeploymentState | undefined): void {
    // Nobody knows yet, or any more: 0 would be a number.
    this.#replicas.remove();
    if (!deployment) return;
    const { configHash, replicas, audit } = deployment;
    this.#configInfo.reset();
    this.#configInfo.set({ hash: configHash }, 1);
    if (replicas !== undefined) this.#replicas.set(replicas);
    this.#auditEntries.set({ state: 'waiting' }, audit.waiting);
    this.#auditEntries.set({ state: 'lost' }, audit.lost);
    this.#auditIntact.set(audit.intact ? 1 : 0);
  }

  #showCertificate(notAfter: number | undefined): void {
    if (notAfter === undefined) return;
    this.#certificate ??= this.#gauge(
      'ficus_certificate_not_after_seconds',
      'When the certificate that clients are shown ends, in Unix time',
      [],
    );
    this.#certificate.set(notAfter / 1000);
  }

  #addUpstream(upstream: string, traffic: Traffic, { transitions, refused, retries }: UpstreamReport): void {
    for (const [to, count] of Object.entries(transitions))
      if (count > 0) this.#transitions.inc({ upstream, traffic, to }, count);
    for (const [reason, count] of Object.entries(refused))
      if (count > 0) this.#refused.inc({ upstream, traffic, reason }, count);
    if (retries > 0) this.#retries.inc({ upstream, traffic }, retries);
  }

  #countBreakers(): void {
    this.#breakers.reset();
    const since = this.#clock.monotonic() - WORKER_SILENCE_MS;
    for (const [worker, { at, report }] of this.#states) {
      if (at < since) this.#states.delete(worker);
      else
        for (const [traffic, upstream, { state }] of upstreamsOf(report))
          this.#breakers.inc({ upstream, traffic }, state === 'closed' ? 0 : 1);
    }
  }

  #addSide(migration: string, side: string, counts: SideReport): void {
    if (counts.requests === 0) return;
    const labels = { migration, side };
    this.#requests.inc(labels, counts.requests);
    if (counts.errors > 0) this.#errors.inc(labels, counts.errors);
    for (let bucket = 0; bucket < latencyBuckets; bucket++) {
      const seconds = latencyBucketBound(bucket) / 1000;
      for (let n = counts.latency[bucket] ?? 0; n > 0; n--) this.#latency.observe(labels, seconds);
    }
  }

  #counter(name: string, help: string, labelNames: string[]): Counter {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #gauge(name: string, help: string, labelNames: string[]): Gauge {
    return new Gauge({ name, help, labelNames, registers: [this.#registry] });
  }
}

function* upstreamsOf({ upstreams, copyUpstreams }: Report): Generator<[Traffic, string, UpstreamReport]> {
  for (const [id, report] of Object.entries(upstreams)) yield ['clients', id, report];
  for (const [id, report] of Object.entries(copyUpstreams)) yield ['copies', id, report];
}
