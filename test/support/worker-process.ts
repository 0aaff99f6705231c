import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bindPort } from '../../proxy/data-plane/bind-port.ts';
import type { ControlSnapshot } from '../../proxy/data-plane/snapshot.ts';
import type { TrafficReport } from '../../proxy/data-plane/traffic-counts.ts';
import type { FromWorker, ToWorker } from '../../proxy/data-plane/worker-messages.ts';
import type { Pair } from '../../proxy/shadow/pair.ts';

const program = fileURLToPath(new URL('../../proxy/data-plane/worker.ts', import.meta.url));

/** A data-plane worker as it runs in production, without a supervisor: what it uses can be measured from outside. */
export class WorkerProcess {
  readonly reports: TrafficReport[] = [];
  readonly pairs: Pair[] = [];
  readonly #child: ChildProcess;
  port = 0;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** `command`: what starts it, before the program's own path. */
  static async start(
    snapshot: ControlSnapshot,
    command: readonly string[] = [process.execPath],
  ): Promise<WorkerProcess> {
    const [first, ...rest] = command;
    const socket = await bindPort('127.0.0.1', 0);
    const child = spawn(first!, [...rest, program], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc', socket.fd()],
      serialization: 'advanced',
    });
    const worker = new WorkerProcess(child);
    const listening = new Promise<void>((resolve, reject) => {
      child.once('exit', (code, signal) => reject(new Error(`the worker ended (${signal ?? code})`)));
      child.on('message', (message: FromWorker) => {
        if (message.type === 'failed') reject(new Error(message.message));
        if (message.type === 'report') worker.reports.push(message.report);
        if (message.type === 'shadow') worker.pairs.push(...message.batch.pairs);
        if (message.type !== 'listening') return;
        worker.port = message.port;
        resolve();
      });
    });
    const start: ToWorker = {
      type: 'start',
      host: '127.0.0.1',
      port: 0,
      listener: {},
      settings: {
        debugHeaders: false,
        logLevel: 'silent',
        accessLogSample: 0,
        maxMemoryBytes: Number.POSITIVE_INFINITY,
      },
      snapshot,
    };
    child.send(start);
    await listening;
    return worker;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resident memory now, in bytes. */
  rss(): number {
    return this.#status('VmRSS');
  }

  /** The most it ever was. */
  peakRss(): number {
    return this.#status('VmHWM');
  }

  openFiles(): number {
    return readdirSync(`/proc/${this.pid}/fd`).length;
  }

  /** Failures so far, as the worker has reported them. */
  failures(): Record<string, number> {
    const sum: Record<string, number> = {};
    for (const { failures } of this.reports)
      for (const [code, count] of Object.entries(failures)) sum[code] = (sum[code] ?? 0) + count;
    return sum;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.isAlive) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }

  #status(field: string): number {
    const line = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(
      readFileSync(`/proc/${this.pid}/status`, 'utf8'),
    );
    return Number(line![1]) * 1024;
  }
}
