import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { cpuSecondsOf, residentBytesOf } from './process-cpu.ts';

/** One core for the proxy that is looked at, one for the load and the upstream behind it. */
export const proxyCore = 0;
export const loadCore = 1;
/** Both where there are only two: the load then takes its part of one of them. */
export const twoCores = `${proxyCore},${availableParallelism() >= 4 ? 2 : 1}`;

/** Between looks whether it is up: short, as starts are timed. */
const lookEveryMs = 5;
const startTimeoutMs = 60_000;
const stopTimeoutMs = 20_000;

/** A server of the bench, bound to one core with all that it starts. */
export class BenchProcess {
  readonly #name: string;
  readonly #child: ChildProcess;
  #output = '';
  /** From its start until it was up. */
  startedAfterMs = 0;

  private constructor(name: string, child: ChildProcess) {
    this.#name = name;
    this.#child = child;
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('data', (chunk) => {
        this.#output = `${this.#output}${chunk}`.slice(-4000);
      });
    }
  }

  /** Resolves as soon as `isUp` does with true; rejects with its last words when it ends before. */
  static async start(options: {
    readonly name: string;
    /** As taskset reads it: `0`, or `0,1`. */
    readonly core: number | string;
    readonly command: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    /** How many it may have open, where the usual limit does not do. */
    readonly openFiles?: number | undefined;
    readonly isUp: () => Promise<boolean>;
  }): Promise<BenchProcess> {
    const { name, core, command, env = {}, isUp, openFiles } = options;
    const limits = openFiles === undefined ? [] : ['prlimit', `--nofile=${openFiles}:${openFiles}`];
    const child = spawn('taskset', ['--cpu-list', String(core), ...limits, ...command], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    const started = new BenchProcess(name, child);
    const from = performance.now();
    const until = from + startTimeoutMs;
    while (!(await isUp())) {
      if (child.exitCode !== null || performance.now() > until) {
        await started.stop();
        throw new Error(`${name} did not come up:\n${started.#output}`);
      }
      await delay(lookEveryMs);
    }
    started.startedAfterMs = performance.now() - from;
    return started;
  }

  /** Of all its processes. */
  cpuSeconds(): number {
    return cpuSecondsOf(this.#child.pid!);
  }

  /** Of all its processes. */
  residentBytes(): number {
    return residentBytesOf(this.#child.pid!);
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
    await exited;
    clearTimeout(force);
  }

  /** Throws when it has ended: what it would be measured by is somebody else's. */
  checkAlive(): void {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null)
      throw new Error(`${this.#name} ended by itself:\n${this.#output}`);
  }
}
