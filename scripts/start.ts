/** `npm start`: the demo estate on its usual ports, until it is stopped. `-- --faulty` brings the catalog's mistakes back. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildDashboard, dashboardIsStale } from './dashboard-build.ts';
import { startEstate } from './estate.ts';

const root = path.resolve(import.meta.dirname, '..');

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { faulty: { type: 'boolean', default: false } } });
  const startedAt = performance.now();
  if (dashboardIsStale()) {
    console.log('Building the dashboard, which takes some seconds.');
    // Everything else runs without the page.
    await buildDashboard().catch((error: Error) => console.error(`There is no dashboard: ${error.message}`));
  }
  console.log('Starting the demo estate: the first start seeds 2,000 products and 20,000 orders.\n');
  const estate = await startEstate({
    dataDir: path.join(root, '.ficus'),
    routesFile: path.join(root, 'routes.yaml'),
    ports: { monolith: 9000, catalog: 9001, payments: 9002, psp: 9010, proxy: 8080, admin: 8081 },
    catalogVersion: values.faulty ? '1.0.0-faulty' : '1.0.0',
    catalogFaults: values.faulty ? 'rounded-prices,dropped-null,moved-category' : '',
    apiKey: 'demo-key',
    onLine: (from, line) => console.error(`[${from}] ${line}`),
    onUp: (part, url) => console.log(`  ${part.padEnd(9)} ${url}`),
  });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`
Everything runs (${seconds} s). What clients see is ${estate.urls.proxy}
Look:  ${estate.urls.admin}/
Try:   ./bin/ficus status
       ./bin/ficus shadow catalog --share 100%
       curl -s '${estate.urls.proxy}/api/products?limit=2'
Stop with Ctrl-C. What it stored stays in .ficus/ for the next start.`);

  const stopped = Promise.withResolvers<void>();
  process.once('SIGINT', () => stopped.resolve());
  process.once('SIGTERM', () => stopped.resolve());
  await stopped.promise;
  console.log('\nStopping …');
  await estate.stop();
  console.log('Stopped.');
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(`npm start: ${error instanceof Error ? error.message : error}`);
    process.exit(1);
  },
);
