/**
 * Reloads of routes.yaml under load; nothing may fail, grow or leak.
 *   node scripts/reload-storm.ts [RELOADS] [SECONDS] [REQUESTS_PER_SECOND] [ROUTES]
 */
import { renameSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { childrenOf, openDescriptors, residentBytes } from '../test/faults/process-resources.ts';
import { startQuickUpstream, withoutPostgres } from '../test/faults/quick-upstream.ts';
import { RunningFicus } from '../test/support/running-ficus.ts';
import { SteadyLoad } from '../test/support/steady-load.ts';
import { manyRoutes } from './many-routes.ts';

const [reloads = 1000, seconds = 60, requestsPerSecond = 500, routes = 1000] = process.argv
  .slice(2)
  .map(Number);

await using monolith = await startQuickUpstream();
await using service = await startQuickUpstream('service');
const ports = { monolith: monolith.port, service: service.port };
const ficus = await RunningFicus.start(manyRoutes(ports, routes, 0), {
  ...withoutPostgres,
  LOG_LEVEL: 'warn',
});
try {
  await ficus.until('both workers are up', async () => childrenOf(ficus.pid).length === 2);
  const workers = childrenOf(ficus.pid);
  const megabytes = (): string =>
    [ficus.pid, ...workers].map((pid) => (residentBytes(pid) / 1024 / 1024).toFixed(0)).join(' ');
  const descriptors = (): number =>
    workers.reduce((sum, pid) => sum + openDescriptors(pid), 0) - monolith.connections - service.connections;
  const before = descriptors();
  const load = new SteadyLoad({ port: ficus.port, requestsPerSecond, path: '/api/m5/r5/1' });
  const startedAt = performance.now();
  for (let version = 1; version <= reloads; version++) {
    writeFileSync(`${ficus.routesFile}.new`, manyRoutes(ports, routes, version));
    renameSync(`${ficus.routesFile}.new`, ficus.routesFile);
    if (version % Math.ceil(reloads / 10) === 0)
      console.log(
        `${version} reloads, ${load.sent} requests, ${load.failed.length} failed, MB: ${megabytes()}`,
      );
    await delay(Math.max(0, startedAt + (version * seconds * 1000) / reloads - performance.now()));
  }
  await load.stop();
  await delay(500);
  console.log(
    `${load.sent} requests, ${load.failed.length} failed, slowest ${Math.round(load.slowestMs)} ms; ` +
      `descriptors ${before} then ${descriptors()}; workers ${childrenOf(ficus.pid).join() === workers.join() ? 'the same' : 'replaced'}`,
  );
  for (const problem of load.failed.slice(0, 20)) console.log(problem);
  process.exitCode = load.failed.length === 0 ? 0 : 1;
} finally {
  await ficus.remove();
}
