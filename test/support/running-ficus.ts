import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../bin/ficus', import.meta.url));

export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `ficus up` as a user runs it: the real program with a routes file and a data directory of its own. */
export class RunningFicus {
  readonly folder: string;
  readonly port: number;
  readonly adminPort: number;
  #child: ChildProcess | undefined;
  #output = '';

  private constructor(folder: string, port: number, adminPort: number) {
    this.folder = folder;
    this.port = port;
    this.adminPort = adminPort;
  }

  static async start(routes: string, env: Record<string, string> = {}): Promise<RunningFicus> {
    const folder = await mkdtemp(path.join(tmpdir(), 'ficus-up-'));
    // Postgres runs as a user of its own when we are root, and must be able to pass.
    await chmod(folder, 0o711);
    const ficus = new RunningFicus(folder, await freePort(), await freePort());
    await ficus.writeRoutes(routes);
    try {
      await ficus.up(env);
    } catch (error) {
      // Left running it would keep the test's process from ending.
      await ficus.remove();
      throw error;
    }
    return ficus;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get adminUrl(): string {
    return `http://127.0.0.1:${this.adminPort}`;
  }

  get routesFile(): string {
    return path.join(this.folder, 'routes.yaml');
  }

  get dataDir(): string {
    return path.join(this.folder, 'data');
  }

  /** Of the supervisor, as long as it runs. */
  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Resolves when it has ended, to its exit status. */
  async ended(): Promise<number | null> {
    const child = this.#child;
    if (child && child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child?.exitCode ?? null;
  }

  /** Stops, or goes on, reading what it logs: as a log collector that stands still. */
  readOutput(reads: boolean): void {
    for (const stream of [this.#child?.stdout, this.#child?.stderr]) {
      if (reads) stream?.resume();
      else stream?.pause();
    }
  }

  /** What it has logged so far. */
  get output(): string {
    return this.#output;
  }

  async writeRoutes(text: string): Promise<void> {
    await writeFile(this.routesFile, text);
  }

  async up(env: Record<string, string> = {}): Promise<void> {
    const where = ['--config', this.routesFile, '--data-dir', this.dataDir];
    const ports = ['--port', String(this.port), '--admin-port', String(this.adminPort)];
    const child = spawn(program, ['up', ...where, ...ports], {
      env: { PATH: '/usr/bin:/bin', FICUS_WORKERS: '2', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => {
        this.#output += text;
      });
    }
    const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
    const isReady = async () => hasEnded() || (await fetch(`${this.adminUrl}/readyz`)).ok;
    await this.until('it is ready', isReady, 90_000);
    if (hasEnded()) throw new Error(`ficus up ended:\n${this.#output}`);
  }

  /** Runs a command against it. */
  async run(...args: string[]): Promise<CommandResult> {
    const child = spawn(program, args, {
      env: { PATH: '/usr/bin:/bin', TZ: 'UTC', FICUS_ADMIN_URL: this.adminUrl },
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: this.folder,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const [exitCode] = (await once(child, 'close')) as [number | null];
    return { exitCode, stdout, stderr };
  }

  /** The same as data. */
  async json<T>(...args: string[]): Promise<T> {
    return JSON.parse((await this.run(...args, '--json')).stdout) as T;
  }

  /** What the admin API answers at `/api/<path>`: for asking often, where a command would be a process each time. */
  async read<T>(path: string): Promise<T> {
    const response = await fetch(`${this.adminUrl}/api/${path}`);
    if (!response.ok) throw new Error(`/api/${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** Waits for what happens by itself. Errors count as not yet, until the time is up. */
  async until(what: string, holds: () => Promise<boolean>, withinMs = 30_000): Promise<void> {
    const deadline = performance.now() + withinMs;
    let last: unknown;
    while (performance.now() < deadline) {
      try {
        if (await holds()) return;
      } catch (error) {
        last = error;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`waited in vain until ${what}: ${last}\n${this.#output.slice(-4000)}`);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    child.kill(signal);
    await once(child, 'exit');
    return child.exitCode;
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
