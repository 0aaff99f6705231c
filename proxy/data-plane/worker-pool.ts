import type { Logger } from 'pino';
import type { ShadowBatch } from '../shadow/pair-outbox.ts';
import type { Clock } from '../telemetry/clock.ts';
import type { ListenerOptions, ListenerTls } from './client-server.ts';
import { type PreparedWorkers, prepareWorkers } from './prepare-workers.ts';
import { createRestartBackoff } from './restart-backoff.ts';
import type { OnServiceFailing } from './service-watch.ts';
import type { ControlSnapshot } from './snapshot.ts';
import type { TrafficReport } from './traffic-counts.ts';
import type { FromWorker, WorkerHealth, WorkerSettings } from './worker-messages.ts';
import { WorkerProcess } from './worker-process.ts';

export interface WorkerPoolDeps {
  readonly count: number;
  readonly listener?: ListenerOptions;
  readonly settings: WorkerSettings;
  readonly onReport: (report: TrafficReport, health: WorkerHealth) => void;
  readonly onServiceFailing?: OnServiceFailing;
  readonly onShadow: (batch: ShadowBatch) => void;
  readonly log: Logger;
  readonly clock: Clock;
}

export interface StopTimes {
  /** How long requests are still taken while clients are told to let go. */
  readonly drainMs: number;
  /** How long those under way may take after that. */
  readonly graceMs: number;
}

/**
 * The data-plane workers. They accept from one socket that the supervisor holds open as well, without ever
 * accepting: when workers die, connections wait in the kernel until another worker is there.
 */
export class WorkerPool {
  readonly #deps: WorkerPoolDeps;
  readonly #prepared: PreparedWorkers;
  readonly #port: number;
  readonly #workers = new Set<WorkerProcess>();
  readonly #restartDelayMs: () => number;
  #listener: ListenerOptions;
  #newest: ControlSnapshot;
  /** The newest one that a worker has lived to apply: what others start with. */
  #proven: ControlSnapshot;
  #stopping = false;
  restarts = 0;
  /** Snapshots that a worker refused or died of. */
  refusedSnapshots = 0;

  constructor(deps: WorkerPoolDeps, prepared: PreparedWorkers, snapshot: ControlSnapshot) {
    this.#deps = deps;
    this.#prepared = prepared;
    this.#port = prepared.socket.address().port;
    this.#listener = deps.listener ?? {};
    this.#newest = snapshot;
    this.#proven = snapshot;
    this.#restartDelayMs = createRestartBackoff(deps.clock);
  }

  /** Resolves when every worker listens; rejects when one can't. */
  static async start(
    deps: WorkerPoolDeps & { readonly host: string; readonly port: number },
    snapshot: ControlSnapshot,
  ): Promise<WorkerPool> {
    const pool = new WorkerPool(deps, await prepareWorkers(deps.host, deps.port), snapshot);
    await pool.startFirst();
    await pool.startOthers();
    return pool;
  }

  get port(): number {
    return this.#port;
  }

  /** Pids of the workers, with the snapshot revision and the routes that each has applied. */
  workers(): { pid: number; revision: number; routesHash: string }[] {
    return this.#live().map(({ pid, revision, routesHash }) => ({ pid, revision, routesHash }));
  }

  /** Of the newest snapshot that they were told, or will be as soon as they can. */
  get toldRevision(): number {
    return this.#newest.revision;
  }

  apply(snapshot: ControlSnapshot): void {
    this.#newest = snapshot;
    for (const worker of this.#live()) worker.apply(snapshot);
  }

  /** Also for workers that are started later. */
  setTls(tls: ListenerTls): void {
    this.#listener = { ...this.#listener, tls };
    for (const worker of this.#live()) worker.send({ type: 'tls', tls });
  }

  startFirst(): Promise<void> {
    return this.#run(this.#prepared.first);
  }

  async startOthers(): Promise<void> {
    const others = Array.from({ length: this.#deps.count - 1 }, () => this.#fork());
    await Promise.all(others);
  }

  /** Drains, lets requests finish, then ends the workers. */
  async stop({ drainMs, graceMs }: StopTimes): Promise<void> {
    this.#stopping = true;
    // Once the workers have closed theirs, nobody waits in a queue that nobody serves.
    this.#prepared.socket.close();
    await Promise.all(
      [...this.#workers].map((worker) => {
        const gone = new Promise<void>((resolve) => worker.onExit(() => resolve()));
        worker.send({ type: 'stop', drainMs, graceMs });
        const force = setTimeout(() => worker.kill(), drainMs + graceMs + 1000);
        return gone.finally(() => clearTimeout(force));
      }),
    );
  }

  /** Ends the workers now; each says what it breaks off. */
  abort(): void {
    for (const worker of this.#workers) worker.send({ type: 'abort' });
  }

  #live(): WorkerProcess[] {
    return [...this.#workers].filter((worker) => worker.isConnected);
  }

  #fork(): Promise<void> {
    return this.#run(new WorkerProcess(this.#prepared.socket));
  }

  #run(worker: WorkerProcess): Promise<void> {
    const { settings, log } = this.#deps;
    this.#workers.add(worker);
    worker.onError((error) => log.error({ err: error, pid: worker.pid }, 'worker channel failed'));
    worker.start({
      type: 'start',
      host: this.#prepared.host,
      port: this.#port,
      listener: this.#listener,
      settings,
      snapshot: this.#proven,
    });
    return new Promise((resolve, reject) => {
      worker.onMessage((message) => {
        if (message.type === 'listening') resolve();
        else if (message.type === 'failed') reject(new Error(message.message));
        else this.#take(worker, message);
      });
      worker.onExit((code, signal) => {
        reject(new Error(`worker ended before it listened (${signal ?? code})`));
        this.#onExit(worker, code, signal);
      });
    });
  }

  #take(worker: WorkerProcess, message: Exclude<FromWorker, { type: 'listening' | 'failed' }>): void {
    const { log, onReport, onServiceFailing, onShadow } = this.#deps;
    switch (message.type) {
      case 'applied':
        worker.revision = message.revision;
        worker.routesHash = worker.told?.routing.hash ?? '';
        if (worker.told && message.revision > this.#proven.revision) this.#proven = worker.told;
        worker.settled('applied');
        if (worker.told === this.#proven && this.#newest !== this.#proven) worker.apply(this.#newest);
        break;
      case 'refused':
        this.refusedSnapshots++;
        log.error(
          { pid: worker.pid, revision: message.revision, reason: message.message },
          'snapshot refused',
        );
        worker.settled('refused');
        break;
      case 'report':
        onReport(message.report, message.health);
        break;
      case 'service-failing':
        onServiceFailing?.(message.migration, message.failures, message.withinMs);
        break;
      case 'shadow':
        onShadow(message.batch);
        break;
    }
  }

  #onExit(worker: WorkerProcess, code: number | null, signal: string | null): void {
    this.#workers.delete(worker);
    if (this.#stopping) return;
    this.restarts++;
    const { log } = this.#deps;
    log.error({ pid: worker.pid, code, signal }, 'worker died; starting another');
    if (worker.isApplying && worker.told !== this.#proven) this.#giveUp(worker.told!);
    setTimeout(() => {
      if (this.#stopping) return;
      this.#fork().catch((error: unknown) => log.error({ err: error }, 'worker did not start'));
    }, this.#restartDelayMs());
  }

  /** A worker died of it: the others have it or not, but no new one is sent it again. */
  #giveUp(snapshot: ControlSnapshot): void {
    this.refusedSnapshots++;
    this.#deps.log.error({ revision: snapshot.revision }, 'snapshot given up: a worker died of it');
    if (this.#newest === snapshot) this.#newest = this.#proven;
  }
}
