import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { BenchProcess, proxyCore, twoCores } from '../bench-process.ts';
import { freePort } from '../free-port.ts';
import { migratedPath, migrationId, readPaths, routesYaml, share } from '../routes.ts';
import { userHeader, userName, users } from '../scenarios.ts';
import { sendRequest } from '../send-request.ts';
import { upstreamHeader } from '../upstreams.ts';
import { checkCopies } from './check-copies.ts';
import type { Contender, Estate, RunningContender } from './contender.ts';

const run = promisify(execFile);
const promoteTimeoutMs = 60_000;
const program = path.resolve(import.meta.dirname, '../../bin/ficus');

export interface FicusOptions {
  readonly name: string;
  readonly workers?: number;
  /** Of all its processes: one core, unless two workers are to have two. */
  readonly cores?: string;
  /** Of the migration that the requests meet: copied to the service, and how far rolled out. */
  readonly shadowPercent?: number;
  readonly sharePercent?: number;
  readonly routes?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Up is when the first request is served, and nothing more is done with it. */
  readonly untilServing?: boolean;
  /** What to run instead of `ficus up`. */
  readonly program?: readonly string[];
}

/** As in production: supervisor, admin plane, metrics, Postgres; one worker, all of it on the one core. */
export const ficus: Contender = {
  name: 'ficus',
  title: `\`ficus up --workers 1\`, 1,000 routes, \`${migrationId}.serve\` at ${share} %`,
  start: (estate) => startFicus(estate, { name: 'ficus' }),
};

export const ficusShadow: Contender = {
  name: 'ficus-shadow',
  title: `the same Ficus with \`${migrationId}.shadow\` at 100 %, served by the monolith; the answers compared`,
  async start(estate) {
    const running = await startFicus(estate, { name: 'ficus-shadow', shadowPercent: 100, sharePercent: 0 });
    return { ...running, check: () => checkCopies('ficus-shadow', running.port, estate.upstreams) };
  },
};

export const ficusShadow2Cores: Contender = {
  name: 'ficus-shadow-2-cores',
  title: 'the same, still with one worker, on two cores',
  async start(estate) {
    const name = 'ficus-shadow-2-cores';
    const running = await startFicus(estate, { name, shadowPercent: 100, sharePercent: 0, cores: twoCores });
    return { ...running, check: () => checkCopies(name, running.port, estate.upstreams) };
  },
};

export const ficus10Routes: Contender = {
  name: 'ficus-10-routes',
  title: 'the same Ficus with 10 routes',
  start: (estate) => startFicus(estate, { name: 'ficus-10-routes', routes: 10 }),
};

export const ficus10kRoutes: Contender = {
  name: 'ficus-10k-routes',
  title: 'the same Ficus with 10,000 routes',
  start: (estate) => startFicus(estate, { name: 'ficus-10k-routes', routes: 10_000 }),
};

export const ficus2Workers: Contender = {
  name: 'ficus-2-workers',
  title: 'the same Ficus with `--workers 2`, on two cores',
  start: (estate) =>
    startFicus(estate, {
      name: 'ficus-2-workers',
      workers: 2,
      cores: twoCores,
    }),
};

/** Up, with every flag where it is to be. */
export async function startFicus(
  { upstreams, folder, openFiles }: Pick<Estate, 'upstreams' | 'folder' | 'openFiles'>,
  options: FicusOptions,
): Promise<RunningContender & { readonly process: BenchProcess }> {
  const { name, workers = 1, cores = String(proxyCore), shadowPercent = 0, sharePercent = share } = options;
  const port = await freePort();
  const adminPort = await freePort();
  const home = path.join(folder, name);
  // Another run of the same may have been there.
  await rm(home, { recursive: true, force: true });
  await mkdir(home);
  const config = path.join(home, 'routes.yaml');
  await writeFile(config, routesYaml(upstreams, options.routes));
  const running = await BenchProcess.start({
    name,
    core: cores,
    command: [
      ...(options.program ?? [program, 'up']),
      ...['--config', config, '--data-dir', path.join(home, 'data')],
      ...['--workers', String(workers), '--port', String(port), '--admin-port', String(adminPort)],
    ],
    env: { ...ownSettingsOnly, ...options.env },
    openFiles,
    isUp: () => (options.untilServing ? serves(port) : isReady(adminPort)),
  });
  try {
    if (sharePercent > 0) await promote(port, adminPort, sharePercent);
    if (!options.untilServing) await setShadow(adminPort, shadowPercent);
  } catch (error) {
    await running.stop();
    throw error;
  }
  return {
    port,
    process: running,
    check: async () => {
      if (sharePercent > 0) await checkShare(port, sharePercent);
    },
  };
}

/** Whatever Ficus the environment is set up for, it is another one. */
export const ownSettingsOnly: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['DATABASE_URL', 'REDIS_URL', 'UNLEASH_URL', 'LOG_LEVEL', 'FICUS_DEBUG_HEADERS'].map((name) => [
      name,
      '',
    ]),
  ),
  FICUS_HOST: '127.0.0.1',
  // One request of a hundred in the access log, as where traffic is heavy.
  FICUS_ACCESS_LOG_SAMPLE: '0.01',
};

async function serves(port: number): Promise<boolean> {
  try {
    return (await sendRequest(port, { method: 'GET', path: '/shop/welcome/42', headers: {} })).status === 200;
  } catch {
    return false;
  }
}

async function isReady(adminPort: number): Promise<boolean> {
  try {
    const { status } = await sendRequest(adminPort, { method: 'GET', path: '/readyz', headers: {} });
    return status === 200;
  } catch {
    return false;
  }
}

/** The way every migration goes: its routes in the shadow until the gate lets it pass, then on to the share. */
async function promote(port: number, adminPort: number, percent: number): Promise<void> {
  const until = performance.now() + promoteTimeoutMs;
  await setShadow(adminPort, 100);
  for (let promoted = false; !promoted; ) {
    for (const path of readPaths(migrationId)) await sendRequest(port, { method: 'GET', path, headers: {} });
    try {
      await run(program, ['promote', migrationId, '--to', `${percent}%`, ...admin(adminPort)]);
      promoted = true;
    } catch (error) {
      if (performance.now() > until) throw error;
      await delay(500);
    }
  }
}

async function setShadow(adminPort: number, percent: number): Promise<void> {
  await run(program, ['shadow', migrationId, '--share', `${percent}%`, ...admin(adminPort)]);
}

const admin = (port: number) => ['--admin', `http://127.0.0.1:${port}`];

/** Each user is answered by the same side every time, and about half of them by the service. */
async function checkShare(port: number, wanted: number): Promise<void> {
  const ask = async (user: number): Promise<string | undefined> => {
    const headers = { [userHeader]: userName(user) };
    const answer = await sendRequest(port, { method: 'GET', path: `${migratedPath}/42`, headers });
    return answer.headers.find(([name]) => name === upstreamHeader)?.[1];
  };
  let served = 0;
  for (let user = 0; user < users; user++) {
    const side = await ask(user);
    if (side !== (await ask(user))) throw new Error(`ficus: ${userName(user)} does not stick to one side`);
    if (side === 'service') served++;
  }
  const percent = (100 * served) / users;
  if (Math.abs(percent - wanted) > 12)
    throw new Error(`ficus: the service answers ${percent} % of the users, where ${wanted} % were asked for`);
}
