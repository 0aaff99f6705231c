import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installDebianPackage } from './install-debian-package.ts';

export type TestRedis = { url: string; pid: number; stop(): Promise<void> };

/** A fresh, empty redis-server on a free port of 127.0.0.1, kept in memory only; `stop` leaves nothing behind. */
export async function startTestRedis(): Promise<TestRedis> {
  await installDebianPackage('redis-server');
  const directory = await mkdtemp(join(tmpdir(), 'ficus-redis-'));
  for (let attempt = 1; ; attempt++) {
    // Redis can't be asked for "any free port", so a taken one is answered by trying another.
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const server = spawn('redis-server', settings({ port, directory }), {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const outcome = await started(server);
    if (outcome === 'ready') return running(server, port, directory);
    if (attempt === 5 || !outcome.includes('Address already in use')) {
      await rm(directory, { recursive: true, force: true });
      throw new Error(`redis-server did not start on port ${port}:\n${outcome}`);
    }
  }
}

function settings({ port, directory }: { port: number; directory: string }): string[] {
  const memoryOnly = ['--save', '', '--appendonly', 'no', '--dir', directory];
  // For DEBUG RELOAD: to be seen loading.
  return ['--port', `${port}`, '--bind', '127.0.0.1', '--enable-debug-command', 'yes', ...memoryOnly];
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

function running(server: ChildProcess, port: number, directory: string): TestRedis {
  const killNow = () => server.kill('SIGKILL');
  process.once('exit', killNow);
  return {
    url: `redis://127.0.0.1:${port}`,
    pid: server.pid as number,
    async stop() {
      process.off('exit', killNow);
      if (server.exitCode === null && server.signalCode === null) {
        const exited = once(server, 'exit');
        // A test may have left it stopped by SIGSTOP, where only SIGKILL gets through.
        killNow();
        await exited;
      }
      await rm(directory, { recursive: true, force: true });
    },
  };
}
