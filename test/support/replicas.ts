import { once } from 'node:events';
import { Agent, createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { startTestPostgres, type TestPostgres } from './postgres.ts';
import { startTestRedis, type TestRedis } from './redis.ts';
import { RunningFicus } from './running-ficus.ts';
import { startTestUnleash, type TestUnleash } from './unleash-server.ts';

/** Several `ficus up` on one machine that share Postgres, Redis and Unleash; each has its own routes file. */
export interface Replicas {
  readonly all: readonly RunningFicus[];
  readonly unleash: TestUnleash;
  readonly redis: TestRedis;
  /** Its URL is a superuser's, of the database of the replicas. */
  readonly postgres: TestPostgres;
  /** What each is started with; for one that is started again. */
  readonly env: Record<string, string>;
  /** Where `user` is sent by one of them: `monolith` or the service; empty when it failed. */
  ask(replica: RunningFicus, path: string, user: string): Promise<string>;
  [Symbol.asyncDispose](): Promise<void>;
}

const rolePassword = 'of-its-own';

/** `routesFor` gets the URL of an upstream that answers everything. */
export async function startReplicas(
  count: number,
  routesFor: (upstreamUrl: string) => string,
  env: Record<string, string> = {},
): Promise<Replicas> {
  await using started = new AsyncDisposableStack();
  /** Stopped whatever becomes of the others. */
  const stopped = async <Part>(starting: Promise<Part>, stop: (part: Part) => unknown): Promise<Part> => {
    const part = await starting;
    started.defer(async () => void (await stop(part)));
    return part;
  };
  const [postgres, redis, unleash, upstream] = await Promise.all([
    stopped(startTestPostgres(), (one) => one.stop()),
    stopped(startTestRedis(), (one) => one.stop()),
    stopped(startTestUnleash(), (one) => one.stop()),
    stopped(startUpstream(), (one) => one.close()),
  ]);
  const shared = {
    DATABASE_URL: await makeRole(postgres),
    DATABASE_OWNER_URL: postgres.url,
    REDIS_URL: redis.url,
    UNLEASH_URL: unleash.url,
    UNLEASH_API_TOKEN: unleash.apiToken,
    UNLEASH_ADMIN_TOKEN: unleash.adminToken,
    FICUS_COOKIE_KEY: 'one key for all replicas, 32 bytes long',
    FICUS_DEBUG_HEADERS: '1',
    FICUS_WORKERS: '1',
    ...env,
  };
  const routes = routesFor(`http://127.0.0.1:${(upstream.address() as AddressInfo).port}`);
  const all: RunningFicus[] = [];
  // One after the other: on a busy machine all together would take each longer than it may.
  while (all.length < count)
    all.push(await stopped(RunningFicus.start(routes, shared), (one) => one.remove()));
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  started.defer(async () => agent.destroy());
  const stack = started.move();
  return {
    all,
    unleash,
    redis,
    postgres,
    env: shared,
    ask: (replica, path, user) => sideOf(agent, replica.port, path, user),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** A role that owns nothing, as an operator would make it. */
async function makeRole({ url }: TestPostgres): Promise<string> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(`create role ficus login password '${rolePassword}'`);
  await client.end();
  const own = new URL(url);
  own.username = 'ficus';
  own.password = rolePassword;
  return own.href;
}

async function startUpstream(): Promise<Server> {
  const server = createServer((_request, response) => response.end('{}'));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

function sideOf(agent: Agent, port: number, path: string, user: string): Promise<string> {
  return new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, path, agent, headers: { 'x-user-id': user } });
    asked.on('error', () => resolve(''));
    asked.on('response', (response) => {
      response.resume().on('end', () => {
        resolve(response.statusCode === 200 ? String(response.headers['ficus-upstream'] ?? '') : '');
      });
    });
    asked.end();
  });
}
