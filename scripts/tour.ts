/**
 * `npm run tour`: the catalog's whole life in about two minutes, and a look at the payments, on an estate of its
 * own (temporary folder, free ports). Exit 1 when anything of it did not happen. `npm run tour -- --unleash` is another
 * tour: two replicas, flags in a real Unleash server, Redis, and a guard that takes a bad service back.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { freePort } from './estate/ports.ts';
import { type Estate, startEstate } from './estate.ts';
import { startServers } from './tour/flag-server.ts';
import { liveWithUnleash } from './tour/live-with-unleash.ts';
import { look } from './tour/look.ts';
import { move } from './tour/move.ts';
import { Narrator } from './tour/narrator.ts';
import { payWithoutTrace, tourKey } from './tour/pay-without-trace.ts';
import { Tourist } from './tour/tourist.ts';
import { writeRoutes } from './tour/write-routes.ts';

const tell = new Narrator(process.stdout.isTTY);
const shownLines: string[] = [];

async function main(): Promise<void> {
  const startedAt = performance.now();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'ficus-tour-'));
  // Postgres runs as a user of its own when we are root, and must be able to pass.
  await chmod(folder, 0o711);
  let estate: Estate | undefined;
  const withUnleash = process.argv.includes('--unleash');
  const servers = new AsyncDisposableStack();
  try {
    console.log(
      withUnleash
        ? 'The life of a migration with flags in Unleash. Starting Unleash, Redis, Postgres, the shop and two proxies …'
        : 'The life of a migration, on real traffic. Starting Postgres, the monolith, the catalog and the proxy …',
    );
    const flagServer = withUnleash ? await startServers(servers, tell) : undefined;
    const ports = {
      monolith: await freePort(),
      catalog: await freePort(),
      payments: await freePort(),
      psp: await freePort(),
      proxy: await freePort(),
      admin: await freePort(),
    };
    estate = await startEstate({
      dataDir: path.join(folder, 'data'),
      routesFile: await writeRoutes(folder, ports),
      ports,
      catalogVersion: '1.0.0',
      catalogFaults: withUnleash ? '' : 'rounded-prices,dropped-null,moved-category',
      proxyEnvironment: flagServer?.environment ?? {},
      apiKey: tourKey,
      onLine: (from, line) => shownLines.push(`[${from}] ${line}`),
      onUp: (part, url) => tell.say(`${part.padEnd(9)} ${url}`),
    });
    const tourist = new Tourist(estate, tell, folder);
    if (flagServer) {
      await liveWithUnleash(tourist, flagServer);
    } else {
      await look(tourist);
      await payWithoutTrace(tourist);
      await move(tourist);
    }
  } catch (error) {
    tell.check(false, error instanceof Error ? error.message : String(error));
    console.error(shownLines.slice(-40).join('\n'));
  } finally {
    await estate?.stop();
    await servers.disposeAsync();
    await rm(folder, { recursive: true, force: true });
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  if (tell.missed.length === 0) {
    console.log(`\nAll of it happened, in ${seconds} s.`);
    return;
  }
  console.error(
    `\nNot all of it happened (${seconds} s):\n${tell.missed.map((text) => `  ✗ ${text}`).join('\n')}`,
  );
  // Whoever started an embedded Postgres ends the process with 0 when nothing is left to do.
  process.exit(1);
}

await main();
