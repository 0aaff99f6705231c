/**
 * `npm run bench:admin`: how quick the admin API and the page are with 50 migrations, 2,000 signatures and 1,000,000
 * pairs, and what ten browsers that watch cost the data plane. Writes `results/<day>-<commit>-admin.json` and `.md`;
 * `--quick` looks at a twentieth of the pairs and saves nothing.
 */
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { chromium } from 'playwright-core';
import { startEmbeddedPostgres } from '../../proxy/store/embedded-postgres.ts';
import { openStore } from '../../proxy/store/open-store.ts';
import { systemClock } from '../../proxy/telemetry/clock.ts';
import { buildDashboard, dashboardIsStale } from '../../scripts/dashboard-build.ts';
import { installDebianPackage } from '../../test/support/install-debian-package.ts';
import { BenchProcess, proxyCore } from '../bench-process.ts';
import { ownSettingsOnly } from '../contenders/ficus.ts';
import { freePort } from '../free-port.ts';
import { describeMachine } from '../machine.ts';
import { findPrograms } from '../programs.ts';
import { sendRequest } from '../send-request.ts';
import { startUpstreams } from '../upstreams.ts';
import { saveAdminReport } from './admin-report.ts';
import { timeCalls } from './api-times.ts';
import { bigRoutesYaml, migrationIds, size } from './big-estate.ts';
import { type Filled, fillStore } from './fill-store.ts';
import { screensOf, timeScreens } from './screen-times.ts';
import { keepAside, timeWatched } from './watched.ts';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const rounds = values.quick
  ? { calls: 20, screens: 2, load: 1, loadSeconds: 2 }
  : { calls: 100, screens: 7, load: 5, loadSeconds: 4 };
const pairsEach = values.quick ? size.pairs / 20 : size.pairs;
/** What was put there is to stay there. */
const maxPairBytes = 8 * 2 ** 30;
const log = pino({ level: 'silent' });
const stops: (() => Promise<unknown>)[] = [];

try {
  const programs = findPrograms();
  await installDebianPackage('chromium');
  if (dashboardIsStale()) await buildDashboard();
  const folder = await mkdtemp(path.join(tmpdir(), 'ficus-bench-admin-'));
  stops.push(() => rm(folder, { recursive: true, force: true }));
  // Postgres may run as another user, who must be able to pass.
  await chmod(folder, 0o711);
  const upstreams = await startUpstreams(programs.nginx, folder);
  stops.push(() => upstreams.stop());
  const routesFile = path.join(folder, 'routes.yaml');
  await writeFile(routesFile, bigRoutesYaml(upstreams));
  const postgres = await startEmbeddedPostgres({
    dataDir: path.join(folder, 'data'),
    log,
    database: 'ficus',
  });
  stops.push(() => postgres.stop());
  const filled = await fill(postgres.url, routesFile);
  const { port, admin } = await startFicus(folder, routesFile, postgres.url);

  const browser = await startBrowser();
  const migration = migrationIds[7]!;
  const screens = screensOf(migration, filled.get(migration)![3]!.signature);
  const calls = await timeCalls(admin, await knownIn(admin, filled), rounds.calls);
  const opened = await timeScreens(browser, admin, screens, rounds.screens);
  const watched = await timeWatched({
    ...{ browser, admin, port, folder, migration, wrk: programs.wrk },
    ...{ rounds: rounds.load, seconds: rounds.loadSeconds },
    paths: screens.map((screen) => screen.path),
  });
  await saveAdminReport(
    {
      machine: describeMachine(programs),
      size: { ...size, pairs: pairsEach },
      calls,
      screens: opened,
      watched,
    },
    !values.quick,
  );
} finally {
  for (const stop of stops.reverse()) await stop();
}

async function fill(databaseUrl: string, routesFile: string): Promise<Filled> {
  const store = openStore({ databaseUrl, log, clock: systemClock, pairLimits: { maxBytes: maxPairBytes } });
  try {
    await new Promise<void>((resolve) => store.onAvailable(resolve));
    return await fillStore(store, routesFile, pairsEach, console.log);
  } finally {
    await store.close();
  }
}

async function startFicus(folder: string, config: string, databaseUrl: string) {
  const port = await freePort();
  const adminPort = await freePort();
  const dataDir = path.join(folder, 'ficus');
  await mkdir(dataDir);
  const ficus = await BenchProcess.start({
    name: 'ficus',
    core: proxyCore,
    command: [
      ...[
        path.resolve(import.meta.dirname, '../../bin/ficus'),
        'up',
        '--config',
        config,
        '--data-dir',
        dataDir,
      ],
      ...['--workers', '1', '--port', String(port), '--admin-port', String(adminPort)],
    ],
    env: { ...ownSettingsOnly, DATABASE_URL: databaseUrl, FICUS_PAIRS_MAX_BYTES: String(maxPairBytes) },
    isUp: async () => {
      const ready = await sendRequest(adminPort, { method: 'GET', path: '/readyz', headers: {} }).catch(
        () => undefined,
      );
      return ready?.status === 200;
    },
  });
  stops.push(() => ficus.stop());
  return { port, admin: `http://127.0.0.1:${adminPort}` };
}

async function startBrowser() {
  const server = await chromium.launchServer({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  stops.push(() => server.close());
  keepAside(server.process().pid!);
  return chromium.connect(server.wsEndpoint());
}

/** The ids that calls are made with, as the API tells them; throws where it does not know what was put there. */
async function knownIn(admin: string, filled: Filled) {
  const signature = [...filled].flatMap(([id, shown]) => shown.map((one) => [id, one.signature] as const));
  const pair: string[] = [];
  for (const [id, shown] of signature.filter((_, n) => n % 100 === 0)) {
    const answer = await fetch(`${admin}/api/migrations/${id}/signatures/${shown}`);
    const text = await answer.text();
    const { pairs = [] } = JSON.parse(text) as { readonly pairs?: readonly { readonly id: string }[] };
    if (pairs.length === 0) throw new Error(`${id} knows no pairs of ${shown}: ${text.slice(0, 300)}`);
    pair.push(...pairs.map((one) => one.id));
  }
  return { id: migrationIds, signature, pair };
}
