import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type DatabaseContents, startTestDatabase } from './test-database.ts';

export interface TestUnleash {
  /** As UNLEASH_URL has it. */
  readonly url: string;
  /** Reads the flags of the environment `development`. */
  readonly apiToken: string;
  readonly adminToken: string;
  /** Asks its admin API, at `/api/admin<path>`; rejects with what it says when that is an error. */
  admin(method: string, path: string, body?: object, as?: Readonly<Record<string, string>>): Promise<unknown>;
  /** Sets the share of a flag's first strategy as somebody does it on Unleash's own page. */
  setRollout(flag: string, percent: number): Promise<void>;
  /** Ends the server as a power cut would; its database stays. */
  kill(): Promise<void>;
  /** Again on the same port. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

const serverFile = fileURLToPath(new URL('../server.js', import.meta.resolve('unleash-server')));
const apiToken = '*:development.ficus-test-api-token';
const adminToken = '*:*.ficus-test-admin-token';

/** What a server makes in its first start, which takes it many seconds. */
const unleashTables: DatabaseContents = {
  name: 'unleash',
  async fill(url) {
    const server = await startServer(url, await freePort());
    await end(server, 'SIGTERM');
  },
};

/** A real Unleash server with no flags, on a database of its own. */
export async function startTestUnleash(): Promise<TestUnleash> {
  const database = await startTestDatabase(unleashTables);
  const port = await freePort();
  let server: ChildProcess | undefined;
  const start = async () => {
    server = await startServer(database.url, port);
  };
  const kill = () => end(server, 'SIGKILL');
  const url = `http://127.0.0.1:${port}/api`;
  const admin: TestUnleash['admin'] = async (method, path, body, as = { authorization: adminToken }) => {
    const response = await fetch(`${url}/admin${path}`, {
      method,
      headers: { ...as, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };

  try {
    await start();
  } catch (error) {
    await database.stop();
    throw error;
  }
  return {
    url,
    apiToken,
    adminToken,
    admin,
    async setRollout(flag, percent) {
      const at = `/projects/default/features/${flag}/environments/development/strategies`;
      const [strategy] = (await admin('GET', at)) as { id: string }[];
      const change = { op: 'replace', path: '/parameters/rollout', value: String(percent) };
      await admin('PATCH', `${at}/${strategy?.id}`, [change]);
    },
    kill,
    start,
    async stop() {
      await kill();
      await database.stop();
    },
  };
}

async function startServer(databaseUrl: string, port: number): Promise<ChildProcess> {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const server = spawn(process.execPath, [serverFile], {
    env: {
      PATH,
      NODE_COMPILE_CACHE,
      DATABASE_URL: databaseUrl,
      DATABASE_SSL: 'false',
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: String(port),
      INIT_BACKEND_API_TOKENS: apiToken,
      INIT_ADMIN_API_TOKENS: adminToken,
      CHECK_VERSION: 'false',
      SEND_TELEMETRY: 'false',
      LOG_LEVEL: 'error',
      TZ: 'UTC',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  for (const stream of [server.stdout, server.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => output.push(text));
  }
  await healthy(server, port, output).catch(async (error) => {
    await end(server, 'SIGKILL');
    throw error;
  });
  return server;
}

async function end(server: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (!server || server.exitCode !== null || server.signalCode !== null) return;
  const gone = once(server, 'exit');
  server.kill(signal);
  await gone;
}

/** The server says nowhere when it is ready, so it is asked. */
async function healthy(server: ChildProcess, port: number, output: readonly string[]): Promise<void> {
  const until = performance.now() + 180_000;
  while (performance.now() < until && server.exitCode === null) {
    const response = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined);
    if (response?.ok) return;
    await new Promise((again) => setTimeout(again, 100));
  }
  throw new Error(`Unleash did not start on port ${port}:\n${output.join('')}`);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
  return address.port;
}
