import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installDebianPackage } from './install-debian-package.ts';

export type TestRedis = {
  url: string;
  pid: number;
  /** Ends the server as a power cut would, and what it had in memory with it. */
  kill(): Promise<void>;
  /** Again on the same port, after `kill`; empty. */
  start(): Promise<void>;
  stop(): Promise<void>;
};

/** A fresh, empty redis-server on a free port of 127.0.0.1, kept in memory only; `stop` leaves nothing behind. */
export async function startTestRedis(): Promise<TestRedis> {
  await installDebianPackage('redis-server');
  const directory = await mkdtemp(join(tmpdir(), 'ficus-redis-'));
  for (let attempt = 1; ; attempt++) {
    // Redis can't be asked for "any free port", so a taken one is answered by trying another.
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const server = start(port, directory);
    const outcome = await started(server);
    if (outcome === 'ready') return running(server, port, directory);
    if (attempt === 5 || !outcome.includes('Address already in use')) {
      await rm(directory, { recursive: true, force: true });
      throw new Error(`redis-server did not start on port ${port}:\n${outcome}`);
    }
  }
}

function start(port: number, directory: string): ChildProcess {
  const memoryOnly = ['--save', '', '--appendonly', 'no', '--dir', directory];
  // For DEBUG RELOAD: to be seen loading.
  const debug = ['--enable-debug-command', 'yes'];
  const settings = ['--port', `${port}`, '--bind', '127.0.0.1', ...debug, ...memoryOnly];
  return spawn('redis-server', settings, { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** `ready`, or what redis-server printed before it ended. */
function started(server: ChildProcess): Promise<string> {
  let output = '';
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('exit', () => resolve(output));
    server.stdout?.on('data', (chunk) => {
      output += chunk;
      if (output.includes('Ready to accept connections')) resolve('ready');
    });
  });
}

function running(first: ChildProcess, port: number, directory: string): TestRedis {
  let server = first;
  const killNow = () => server.kill('SIGKILL');
  process.once('exit', killNow);
  const kill = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, 'exit');
    // A test may have left it stopped by SIGSTOP, where only SIGKILL gets through.
    killNow();
    await exited;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    get pid() {
      return server.pid as number;
    },
    kill,
    async start() {
      server = start(port, directory);
      const outcome = await started(server);
      if (outcome !== 'ready') throw new Error(`redis-server did not start again:\n${outcome}`);
    },
    async stop() {
      process.off('exit', killNow);
      await kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
