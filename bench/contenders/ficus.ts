import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { BenchProcess, proxyCore } from '../bench-process.ts';
import { freePort } from '../free-port.ts';
import { migratedPath, migrationId, readPaths, routesYaml, share } from '../routes.ts';
import { userHeader, userName, users } from '../scenarios.ts';
import { sendRequest } from '../send-request.ts';
import { upstreamHeader } from '../upstreams.ts';
import type { Contender } from './contender.ts';

const run = promisify(execFile);
const promoteTimeoutMs = 60_000;
const program = path.resolve(import.meta.dirname, '../../bin/ficus');

/** As in production: supervisor, admin plane, metrics, Postgres; one worker, all of it on the one core. */
export const ficus: Contender = {
  name: 'ficus',
  title: `\`ficus up --workers 1\`, 1,000 routes, \`${migrationId}.serve\` at ${share} %`,
  async start({ upstreams, folder }) {
    const port = await freePort();
    const adminPort = await freePort();
    const home = path.join(folder, 'ficus');
    await mkdir(home);
    const config = path.join(home, 'routes.yaml');
    await writeFile(config, routesYaml(upstreams));
    const running = await BenchProcess.start({
      name: 'ficus',
      core: proxyCore,
      command: [
        ...[program, 'up', '--config', config, '--data-dir', path.join(home, 'data'), '--workers', '1'],
        ...['--port', String(port), '--admin-port', String(adminPort)],
      ],
      env: ownSettingsOnly,
      isUp: () => isReady(adminPort),
    });
    try {
      await promote(port, adminPort);
    } catch (error) {
      await running.stop();
      throw error;
    }
    return { port, process: running, check: () => checkShare(port) };
  },
};

/** Whatever Ficus the environment is set up for, it is another one. */
const ownSettingsOnly = Object.fromEntries(
  ['DATABASE_URL', 'REDIS_URL', 'UNLEASH_URL', 'LOG_LEVEL', 'FICUS_HOST', 'FICUS_DEBUG_HEADERS'].map(
    (name) => [name, ''],
  ),
);

async function isReady(adminPort: number): Promise<boolean> {
  try {
    const { status } = await sendRequest(adminPort, { method: 'GET', path: '/readyz', headers: {} });
    return status === 200;
  } catch {
    return false;
  }
}

/** The way every migration goes: its routes in the shadow until the gate lets it pass, then on to the share. */
async function promote(port: number, adminPort: number): Promise<void> {
  const admin = ['--admin', `http://127.0.0.1:${adminPort}`];
  const until = performance.now() + promoteTimeoutMs;
  await run(program, ['shadow', migrationId, '--share', '100%', ...admin]);
  for (let promoted = false; !promoted; ) {
    for (const path of readPaths(migrationId)) await sendRequest(port, { method: 'GET', path, headers: {} });
    try {
      await run(program, ['promote', migrationId, '--to', `${share}%`, ...admin]);
      promoted = true;
    } catch (error) {
      if (performance.now() > until) throw error;
      await delay(500);
    }
  }
  await run(program, ['shadow', migrationId, '--share', '0%', ...admin]);
}

/** Each user is answered by the same side every time, and about half of them by the service. */
async function checkShare(port: number): Promise<void> {
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
  if (Math.abs(percent - share) > 12)
    throw new Error(`ficus: the service answers ${percent} % of the users, where ${share} % were asked for`);
}
