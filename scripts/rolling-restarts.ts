/**
 * SIGTERM and start, over and over, one of two instances behind haproxy under load; no request may fail.
 *   node scripts/rolling-restarts.ts [CYCLES] [REQUESTS_PER_SECOND]
 */
import { startQuickUpstream, withoutPostgres } from '../test/faults/quick-upstream.ts';
import { type Haproxy, startHaproxy } from '../test/support/haproxy.ts';
import { RunningFicus } from '../test/support/running-ficus.ts';
import { SteadyLoad } from '../test/support/steady-load.ts';

export interface RestartOutcome {
  readonly sent: number;
  readonly failed: readonly string[];
  readonly exitCodes: readonly (number | null)[];
  readonly slowestMs: number;
}

/** Longer than haproxy takes to notice, by far. */
const environment = { ...withoutPostgres, FICUS_DRAIN_DELAY_MS: '1500', LOG_LEVEL: 'warn' };

export async function restartInTurn(options: {
  readonly cycles: number;
  readonly requestsPerSecond: number;
  readonly tell?: (text: string) => void;
}): Promise<RestartOutcome> {
  await using upstream = await startQuickUpstream();
  const routes = `upstreams: { monolith: { url: "http://127.0.0.1:${upstream.port}" } }\ndefault: monolith\n`;
  const instances = [
    await RunningFicus.start(routes, environment),
    await RunningFicus.start(routes, environment),
  ];
  const names = ['a', 'b'];
  try {
    await using haproxy = await startHaproxy(
      instances.map(({ port, adminPort }, i) => ({ name: names[i]!, port, adminPort })),
    );
    for (const [i, instance] of instances.entries()) await isUp(haproxy, instance, names[i]!);
    const load = new SteadyLoad({ port: haproxy.port, requestsPerSecond: options.requestsPerSecond });
    const exitCodes: (number | null)[] = [];
    await using _stopped = { [Symbol.asyncDispose]: () => load.stop() };
    for (let cycle = 0; cycle < options.cycles; cycle++) {
      const instance = instances[cycle % 2]!;
      exitCodes.push(await instance.stop('SIGTERM'));
      await instance.up(environment);
      await isUp(haproxy, instance, names[cycle % 2]!);
      options.tell?.(`${cycle + 1}: ${load.sent} sent, ${load.failed.length} failed`);
    }
    await load.stop();
    return { sent: load.sent, failed: load.failed, exitCodes, slowestMs: load.slowestMs };
  } finally {
    await Promise.all(instances.map((instance) => instance.remove()));
  }
}

const isUp = (haproxy: Haproxy, instance: RunningFicus, name: string): Promise<void> =>
  instance.until('haproxy knows', async () => (await haproxy.status(name)) === 'UP');

if (import.meta.main) {
  const [cycles = '50', requestsPerSecond = '2000'] = process.argv.slice(2);
  const outcome = await restartInTurn({
    cycles: Number(cycles),
    requestsPerSecond: Number(requestsPerSecond),
    tell: (text) => console.log(text),
  });
  const dirty = outcome.exitCodes.filter((code) => code !== 0).length;
  console.log(
    `${outcome.sent} requests, ${outcome.failed.length} failed, slowest ${Math.round(outcome.slowestMs)} ms, ` +
      `${dirty} of ${outcome.exitCodes.length} stops not clean`,
  );
  for (const problem of outcome.failed.slice(0, 20)) console.log(problem);
  process.exitCode = outcome.failed.length + dirty === 0 ? 0 : 1;
}
