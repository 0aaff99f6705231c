import cluster, { type Worker } from 'node:cluster';
import type { Logger } from 'pino';
import type { Pair } from '../shadow/pair.ts';
import type { Clock } from '../telemetry/clock.ts';
import type { ListenerOptions, ListenerTls } from './client-server.ts';
import type { ControlSnapshot } from './snapshot.ts';
import type { TrafficReport } from './traffic-counts.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

export interface WorkerPoolDeps {
  readonly count: number;
  readonly host: string;
  readonly port: number;
  readonly listener?: ListenerOptions;
  readonly debugHeaders: boolean;
  readonly logLevel: string;
  readonly onReport: (report: TrafficReport) => void;
  readonly onPair: (pair: Pair) => void;
  readonly log: Logger;
  readonly clock: Clock;
}

/** Deaths within this time slow the next start down: a worker that can't live must not be forked in a loop. */
const CRASH_WINDOW_MS = 10_000;
const CRASHES_UNTIL_SLOW = 5;
const SLOW_RESTART_MS = 1000;

/**
 * The data-plane workers. They share one listening socket, held open as long as one of them lives, so that
 * a worker's death loses its own requests and no connection that waits to be accepted.
 */
export class WorkerPool {
  readonly #deps: WorkerPoolDeps;
  readonly #applied = new Map<number, number>();
  #snapshot: ControlSnapshot;
  #listener: ListenerOptions;
  #port = 0;
  #stopping = false;
  #deaths: number[] = [];
  restarts = 0;

  private constructor(deps: WorkerPoolDeps, snapshot: ControlSnapshot) {
    this.#deps = deps;
    this.#snapshot = snapshot;
    this.#port = deps.port;
    this.#listener = deps.listener ?? {};
  }

  /** Resolves when every worker listens; rejects when the port can't be had. */
  static async start(deps: WorkerPoolDeps, snapshot: ControlSnapshot): Promise<WorkerPool> {
    cluster.schedulingPolicy = cluster.SCHED_NONE;
    cluster.setupPrimary({
      exec: new URL('./worker.ts', import.meta.url).pathname,
      args: [],
      serialization: 'advanced',
      silent: false,
    });
    const pool = new WorkerPool(deps, snapshot);
    await Promise.all(Array.from({ length: deps.count }, () => pool.#fork()));
    return pool;
  }

  get port(): number {
    return this.#port;
  }

  /** Pids of the workers, with the snapshot revision that each has applied. */
  workers(): { pid: number; revision: number }[] {
    return this.#live().map((worker) => ({
      pid: worker.process.pid ?? 0,
      revision: this.#applied.get(worker.id) ?? 0,
    }));
  }

  apply(snapshot: ControlSnapshot): void {
    this.#snapshot = snapshot;
    for (const worker of this.#live()) this.#send(worker, { type: 'snapshot', snapshot });
  }

  /** Also for workers that are started later. */
  setTls(tls: ListenerTls): void {
    this.#listener = { ...this.#listener, tls };
    for (const worker of this.#live()) this.#send(worker, { type: 'tls', tls });
  }

  /** Lets requests finish for at most `graceMs`, then ends the workers. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    await Promise.all(
      this.#live().map((worker) => {
        const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
        this.#send(worker, { type: 'stop', graceMs });
        const force = setTimeout(() => worker.process.kill('SIGKILL'), graceMs + 1000);
        return gone.finally(() => clearTimeout(force));
      }),
    );
  }

  #live(): Worker[] {
    return Object.values(cluster.workers ?? {}).filter((worker) => worker?.isConnected()) as Worker[];
  }

  #fork(): Promise<void> {
    // Any free port (0), too, is asked for by each: the cluster gives all of them the same one.
    const { host, port, debugHeaders, logLevel, log } = this.#deps;
    const worker = cluster.fork();
    this.#send(worker, {
      type: 'start',
      host,
      port,
      listener: this.#listener,
      debugHeaders,
      logLevel,
      snapshot: this.#snapshot,
    });
    worker.on('error', (error) => log.error({ err: error, worker: worker.id }, 'worker channel failed'));
    return new Promise((resolve, reject) => {
      worker.on('message', (message: FromWorker) => {
        if (message.type === 'listening') {
          this.#port = message.port;
          resolve();
        } else if (message.type === 'failed') {
          reject(new Error(message.message));
        } else {
          this.#take(worker, message);
        }
      });
      worker.once('exit', (code, signal) => {
        reject(new Error(`worker ended before it listened (${signal ?? code})`));
        this.#onExit(worker, code, signal);
      });
    });
  }

  #take(worker: Worker, message: Exclude<FromWorker, { type: 'listening' | 'failed' }>): void {
    switch (message.type) {
      case 'applied':
        this.#applied.set(worker.id, message.revision);
        break;
      case 'report':
        this.#deps.onReport(message.report);
        break;
      case 'pair':
        this.#deps.onPair(message.pair);
        break;
    }
  }

  #onExit(worker: Worker, code: number, signal: string): void {
    this.#applied.delete(worker.id);
    if (this.#stopping) return;
    const { log, clock } = this.#deps;
    const now = clock.monotonic();
    this.#deaths = [...this.#deaths.filter((at) => at > now - CRASH_WINDOW_MS), now];
    this.restarts++;
    log.error({ worker: worker.id, pid: worker.process.pid, code, signal }, 'worker died; starting another');
    const delayMs = this.#deaths.length > CRASHES_UNTIL_SLOW ? SLOW_RESTART_MS : 0;
    setTimeout(() => {
      if (this.#stopping) return;
      this.#fork().catch((error: unknown) => log.error({ err: error }, 'worker did not start'));
    }, delayMs);
  }

  #send(worker: Worker, message: ToWorker): void {
    if (worker.isConnected()) worker.send(message);
  }
}
