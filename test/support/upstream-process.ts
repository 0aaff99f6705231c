import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { UpstreamRecord } from './ledger.ts';
import type { LedgerServerOptions } from './ledger-upstream.ts';

const program = fileURLToPath(new URL('./upstream-program.ts', import.meta.url));

type Options = Omit<LedgerServerOptions, 'record' | 'port'>;

/** A ledger upstream in a process of its own, which can be stopped, killed and started again on its port. */
export class UpstreamProcess {
  readonly #folder: string;
  readonly #options: Options;
  #child: ChildProcess | undefined;
  port = 0;

  private constructor(folder: string, options: Options) {
    this.#folder = folder;
    this.#options = options;
  }

  static async start(options: Options): Promise<UpstreamProcess> {
    const upstream = new UpstreamProcess(await mkdtemp(path.join(tmpdir(), 'ficus-upstream-')), options);
    await upstream.start();
    return upstream;
  }

  /** Again on the same port. */
  async start(): Promise<void> {
    const options = JSON.stringify({ ...this.#options, port: this.port, file: this.#file });
    const child = spawn(process.execPath, [program, options], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child = child;
    const [said] = await once(child.stdout.setEncoding('utf8'), 'data');
    this.port = Number(said);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** All it wrote down, in every life it had. */
  records(): UpstreamRecord[] {
    const lines = readFileSync(this.#file, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as UpstreamRecord);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  get #file(): string {
    return path.join(this.#folder, 'ledger');
  }
}
