import path from 'node:path';
import { startEmbeddedPostgres } from '../proxy/store/embedded-postgres.ts';
import { createLogger } from '../proxy/telemetry/logger.ts';
import { ensureDatabase, ensureProxyRole, withoutPassword } from './estate/databases.ts';
import { EstateProcess, untilAnswers } from './estate/estate-process.ts';
import { refuseTakenPort } from './estate/ports.ts';

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
