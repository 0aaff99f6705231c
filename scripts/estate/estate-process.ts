import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

const root = path.resolve(import.meta.dirname, '../..');

/** One part of the estate, to be started, killed and started again. */
export class EstateProcess {
  readonly name: string;
  readonly #args: readonly string[];
  readonly #onLine: (from: string, line: string) => void;
  #env: Record<string, string>;
  #child: ChildProcess | undefined;

  constructor(
    name: string,
    args: readonly string[],
    onLine: (from: string, line: string) => void,
    env: Record<string, string>,
  ) {
    this.name = name;
    this.#args = args;
    this.#onLine = onLine;
    this.#env = env;
  }

  get running(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** `env` replaces settings of the last start. */
  async start(env: Record<string, string> = {}): Promise<void> {
    this.#env = { ...this.#env, ...env };
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...this.#args], {
      cwd: root,
      env: { ...process.env, ...this.#env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group of its own: Ctrl-C reaches the estate only through its owner, in order.
      detached: true,
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream! }).on('line', (line) => {
        // What a part says on its output is its log, or a greeting that `onUp` gives in its place.
        if (stream === child.stderr || line.startsWith('{')) this.#onLine(this.name, line);
      });
    }
    await once(child, 'spawn');
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (!child || !this.running) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    const force = setTimeout(() => child.kill('SIGKILL'), 15_000);
    await gone;
    clearTimeout(force);
  }
}

/** Resolves once the URL answers below 500; rejects when its process has ended. */
export async function untilAnswers(url: string, process: EstateProcess, withinMs = 60_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (performance.now() < deadline) {
    if (!process.running)
      throw new Error(`${process.name} ended before it answered at ${url}; its last lines are above`);
    try {
      const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(2000) });
      await answer.body?.cancel();
      if (answer.status < 500) return;
    } catch {
      // Not there yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${process.name} did not answer at ${url} within ${withinMs / 1000} s`);
}
