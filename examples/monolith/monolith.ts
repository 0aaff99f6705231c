import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAccess } from './access.ts';
import { createApp } from './app.ts';
import { type Database, openDatabase } from './db.ts';
import type { Parts } from './parts.ts';
import { openPsp } from './payments/psp.ts';
import { seedOnce } from './seed/seed.ts';
import { createSessions } from './sessions.ts';
import { addWebSockets } from './web-sockets.ts';

export type MonolithOptions = {
  databaseUrl: string;
  /** 0 takes a free port. */
  port: number;
  host: string;
  /** Accepted in header X-Api-Key. */
  apiKeys: readonly string[];
  /** Signs the session cookies. */
  sessionSecret: string;
  /** The payment provider's; without one every payment is taken. */
  pspUrl?: string;
};

export type Monolith = { url: string; port: number; close(): Promise<void> };

/** What is still open this long after `close` is cut. */
const CLOSE_MS = 1000;

/** Fills the database if need be and listens. Rejects, with nothing left open, when either is impossible. */
export async function startMonolith(options: MonolithOptions): Promise<Monolith> {
  const database = openDatabase(options.databaseUrl);
  const stopping = new AbortController();
  const sessions = createSessions(options.sessionSecret, Date.now);
  const access = createAccess(sessions, options.apiKeys);
  const psp = openPsp(options.pspUrl);
  const parts: Parts = { database, sessions, access, psp, stopping: stopping.signal };
  const server = createServer({ shouldUpgradeCallback: isWebSocket }, createApp(parts));
  const closeWebSockets = addWebSockets(server, parts);
  try {
    await connect(database, options.databaseUrl);
    await seedOnce(database);
    await listen(server, options);
  } catch (error) {
    await database.end();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    async close() {
      stopping.abort();
      closeWebSockets();
      const closed = once(server, 'close');
      server.close();
      const cut = setTimeout(() => server.closeAllConnections(), CLOSE_MS);
      await closed;
      clearTimeout(cut);
      await database.end();
    },
  };
}

/** Other upgrades, such as to h2c, are offers that a server may ignore: they get the plain answer. */
const isWebSocket = ({ headers }: IncomingMessage) => headers.upgrade?.toLowerCase() === 'websocket';

async function connect(database: Database, databaseUrl: string): Promise<void> {
  try {
    await database.row('SELECT 1');
  } catch (error) {
    const { host, pathname } = new URL(databaseUrl);
    throw new Error(
      `Database ${host}${pathname} cannot be used (${reasonOf(error)}): start Postgres or correct DATABASE_URL.`,
      { cause: error },
    );
  }
}

async function listen(server: Server, { port, host }: MonolithOptions): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new Error(`It cannot listen on ${host}:${port} (${reasonOf(error)}): set PORT or HOST.`, {
      cause: error,
    });
  }
}

/** A host with several addresses fails with an AggregateError, which has a code and no message. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || ('code' in error ? String(error.code) : error.name);
}
