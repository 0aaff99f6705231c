import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { ensureRole } from '../proxy/store/audit-rights.ts';
import { startEmbeddedPostgres } from '../proxy/store/embedded-postgres.ts';
import { createLogger } from '../proxy/telemetry/logger.ts';

/**
 * The demo estate: Postgres, a payment provider, the monolith, its two extracted services and the proxy, each a
 * process of its own.
 */
export interface Estate {
  readonly urls: {
    readonly monolith: string;
    readonly catalog: string;
    readonly payments: string;
    readonly psp: string;
    readonly proxy: string;
    readonly admin: string;
    /** Database of the monolith and its services. */
    readonly shopDatabase: string;
    /** That of the proxy, as the role that it runs as. */
    readonly proxyDatabase: string;
  };
  readonly monolith: EstateProcess;
  readonly catalog: EstateProcess;
  readonly payments: EstateProcess;
  readonly proxy: EstateProcess;
  /** One more proxy beside it, on the same database; it is ended with the others. */
  addReplica(order: ReplicaOrder): Promise<EstateProcess>;
  /** Ends everything, the last started first. */
  stop(): Promise<void>;
}

export interface ReplicaOrder {
  readonly name: string;
  readonly port: number;
  readonly adminPort: number;
}

export interface EstateOptions {
  readonly dataDir: string;
  readonly routesFile: string;
  readonly ports: {
    readonly monolith: number;
    readonly catalog: number;
    readonly payments: number;
    readonly psp: number;
    readonly proxy: number;
    readonly admin: number;
  };
  readonly catalogVersion: string;
  /** Mistakes of the catalog, e.g. `rounded-prices,dropped-null,moved-category`; empty for none. */
  readonly catalogFaults: string;
  readonly apiKey: string;
  /** For the proxy, such as where flags are kept; without it they are in a file. */
  readonly proxyEnvironment?: Readonly<Record<string, string>>;
  /** A line that a process wrote to its error output, or to its log at level warn and above. */
  readonly onLine: (from: string, line: string) => void;
  /** Called as soon as each part serves. */
  readonly onUp: (part: string, url: string) => void;
}

const root = path.resolve(import.meta.dirname, '..');

/** Starts the whole estate; what had started is stopped again when a part does not come up. */
export async function startEstate(options: EstateOptions): Promise<Estate> {
  const { ports, onUp } = options;
  const urls = {
    monolith: `http://127.0.0.1:${ports.monolith}`,
    catalog: `http://127.0.0.1:${ports.catalog}`,
    payments: `http://127.0.0.1:${ports.payments}`,
    psp: `http://127.0.0.1:${ports.psp}`,
    proxy: `http://127.0.0.1:${ports.proxy}`,
    admin: `http://127.0.0.1:${ports.admin}`,
  };
  await Promise.all(Object.entries(ports).map(([part, port]) => refuseTakenPort(part, port)));

  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    const log = createLogger({ level: 'error', name: 'postgres' });
    const postgres = await startEmbeddedPostgres({ dataDir: options.dataDir, log, database: 'shop' });
    stops.push(postgres.stop);
    const proxyDatabase = await ensureDatabase(postgres.url, 'ficus');
    const proxyRole = await ensureProxyRole(proxyDatabase);
    onUp('postgres', withoutPassword(postgres.url));

    const psp = new EstateProcess('psp', ['examples/psp/main.ts'], options.onLine, {
      PORT: String(ports.psp),
    });
    stops.push(() => psp.stop());
    await psp.start();
    await untilAnswers(`${urls.psp}/ledger`, psp);
    onUp('psp', urls.psp);

    const monolith = new EstateProcess('monolith', ['examples/monolith/main.ts'], options.onLine, {
      PORT: String(ports.monolith),
      DATABASE_URL: postgres.url,
      API_KEYS: options.apiKey,
      PSP_URL: urls.psp,
    });
    stops.push(() => monolith.stop());
    await monolith.start();
    await untilAnswers(`${urls.monolith}/login`, monolith);
    onUp('monolith', urls.monolith);

    const catalog = new EstateProcess('catalog', ['extracted-services/catalog/main.ts'], options.onLine, {
      PORT: String(ports.catalog),
      DATABASE_URL: postgres.url,
      API_KEYS: options.apiKey,
      SERVICE_VERSION: options.catalogVersion,
      CATALOG_FAULTS: options.catalogFaults,
      IMPORT_INTERVAL_SECONDS: '2',
      LOG_LEVEL: 'error',
    });
    stops.push(() => catalog.stop());
    const catalogUp = catalog.start().then(() => untilAnswers(`${urls.catalog}/readyz`, catalog));

    const payments = new EstateProcess('payments', ['extracted-services/payments/main.ts'], options.onLine, {
      PORT: String(ports.payments),
      DATABASE_URL: postgres.url,
      API_KEYS: options.apiKey,
      PSP_URL: urls.psp,
      LOG_LEVEL: 'error',
    });
    stops.push(() => payments.stop());
    const paymentsUp = payments.start().then(() => untilAnswers(`${urls.payments}/readyz`, payments));

    const addProxy = async ({ name, port, adminPort }: ReplicaOrder): Promise<EstateProcess> => {
      const where = ['--config', options.routesFile, '--data-dir', path.join(options.dataDir, name)];
      const ports = ['--port', String(port), '--admin-port', String(adminPort)];
      const added = new EstateProcess(name, ['cli/main.ts', 'up', ...where, ...ports], options.onLine, {
        DATABASE_URL: proxyRole,
        DATABASE_OWNER_URL: proxyDatabase,
        LOG_LEVEL: 'warn',
        FICUS_DEBUG_HEADERS: '1',
        // The estate shows what is wrong; a line for a request now and then would only be in the way.
        FICUS_ACCESS_LOG_SAMPLE: '0',
        PACT_API_KEY: options.apiKey,
        ...options.proxyEnvironment,
      });
      stops.push(() => added.stop());
      await added.start();
      return added;
    };
    const proxy = await addProxy({ name: 'proxy', port: ports.proxy, adminPort: ports.admin });
    await Promise.all([untilAnswers(`${urls.admin}/readyz`, proxy), catalogUp, paymentsUp]);
    onUp('catalog', urls.catalog);
    onUp('payments', urls.payments);
    onUp('proxy', urls.proxy);
    onUp('admin', urls.admin);
    return {
      urls: { ...urls, shopDatabase: postgres.url, proxyDatabase: proxyRole },
      monolith,
      catalog,
      payments,
      proxy,
      async addReplica(order) {
        const replica = await addProxy(order);
        await untilAnswers(`http://127.0.0.1:${order.adminPort}/readyz`, replica);
        onUp(order.name, `http://127.0.0.1:${order.port}`);
        return replica;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

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

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function refuseTakenPort(part: string, port: number): Promise<void> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new Error(`port ${port}, where the ${part} would listen, is taken: stop who listens there first`);
  }
  server.close();
  await once(server, 'close');
}

async function ensureDatabase(url: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
  const own = new URL(url);
  own.pathname = `/${name}`;
  return own.href;
}

/** A role that owns nothing, so that what the proxy writes into its audit stays. */
async function ensureProxyRole(databaseUrl: string): Promise<string> {
  const login = { role: 'ficus', password: randomBytes(18).toString('base64url') };
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await ensureRole(client, login);
  } finally {
    await client.end();
  }
  const own = new URL(databaseUrl);
  own.username = login.role;
  own.password = login.password;
  return own.href;
}

function withoutPassword(url: string): string {
  const shown = new URL(url);
  shown.password = '';
  return shown.href;
}
