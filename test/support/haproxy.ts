import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { installDebianPackage } from './install-debian-package.ts';
import { closedPort } from './scripted-upstream.ts';

export interface Balanced {
  readonly name: string;
  readonly port: number;
  /** Where `/readyz` is asked. */
  readonly adminPort: number;
}

export interface Haproxy extends AsyncDisposable {
  readonly port: number;
  /** `UP`, `DOWN` and the like, as haproxy sees that server now. */
  status(name: string): Promise<string>;
}

/** A real haproxy in front of these servers; it asks each ten times a second whether it is ready. */
export async function startHaproxy(servers: readonly Balanced[]): Promise<Haproxy> {
  await installDebianPackage('haproxy');
  const folder = await mkdtemp(path.join(tmpdir(), 'ficus-haproxy-'));
  const control = path.join(folder, 'control');
  const port = await closedPort();
  const file = path.join(folder, 'haproxy.cfg');
  await writeFile(file, config(port, control, servers));
  const child = spawn('haproxy', ['-db', '-f', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  const problems: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => problems.push(text));
  await listens(port, child, problems);
  return {
    port,
    async status(name) {
      const lines = (await askControl(control, 'show stat')).split('\n');
      const fields = lines.map((line) => line.split(','));
      return fields.find(([proxy, server]) => proxy === 'ficus' && server === name)?.[17] ?? 'unknown';
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await once(child, 'exit');
      await rm(folder, { recursive: true });
    },
  };
}

const config = (port: number, control: string, servers: readonly Balanced[]): string => `
global
  stats socket ${control} mode 600 level admin
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
  timeout check 2s
listen ficus
  bind 127.0.0.1:${port}
  balance roundrobin
${servers.map(({ name, port: to }) => `  server ${name} 127.0.0.1:${to} track check_${name}/it`).join('\n')}
${servers.map(checked).join('\n')}
`;

/** The admin plane answers to its own name only, which has its port. */
const checked = ({ name, port, adminPort }: Balanced): string => `
backend check_${name}
  option httpchk
  http-check send meth GET uri /readyz ver HTTP/1.1 hdr Host 127.0.0.1:${adminPort}
  http-check expect status 200
  server it 127.0.0.1:${port} port ${adminPort} check inter 100ms fall 1 rise 1
`;

async function listens(port: number, child: ChildProcess, problems: string[]): Promise<void> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    if (child.exitCode !== null || performance.now() > deadline)
      throw new Error(`haproxy did not start:\n${problems.join('')}`);
    const socket = connect(port, '127.0.0.1');
    const connected = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (connected) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function askControl(control: string, command: string): Promise<string> {
  const socket = connect(control);
  socket.end(`${command}\n`);
  let text = '';
  for await (const chunk of socket) text += chunk;
  return text;
}
