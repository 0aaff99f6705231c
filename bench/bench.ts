import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { loadCore, proxyCore } from './bench-process.ts';
import { watchCores } from './busy-cores.ts';
import type { Contender, RunningContender } from './contenders/contender.ts';
import { contenders as allContenders } from './contenders.ts';
import { type Load, runLoad } from './load.ts';
import { describeMachine } from './machine.ts';
import { type Options, readOptions, usage } from './options.ts';
import { findPrograms } from './programs.ts';
import { type Report, renderReport, saveReport } from './report.ts';
import { scenarios as allScenarios, type Scenario } from './scenarios.ts';
import { summarise, type Turn } from './summary.ts';
import { startUpstreams } from './upstreams.ts';
import { verifyAnswers } from './verify-answers.ts';

/** Above this the machine is not quiet, and its figures say little. */
const tolerableNoise = 0.05;

type Stops = (() => Promise<unknown>)[];

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (!options) {
    console.log(usage);
    return;
  }
  const contenders = pick('contender', allContenders, options.contenders);
  const scenarios = pick('scenario', allScenarios, options.scenarios);
  if (availableParallelism() < 2)
    throw new Error('Two cores are needed: one for the proxy, one for the load');
  const stops: Stops = [];
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void stopAll(stops).finally(() => process.exit(1)));
  }
  try {
    const report = await run(options, contenders, scenarios, stops);
    console.log(`\n${renderReport(report)}`);
    if (options.save) console.log(`Saved as bench/${await saveReport(report)}.json and .md`);
  } finally {
    await stopAll(stops);
  }
}

async function run(
  options: Options,
  contenders: readonly Contender[],
  scenarios: readonly Scenario[],
  stops: Stops,
): Promise<Report> {
  const at = new Date().toISOString();
  const programs = findPrograms();
  const noise = await measureNoise();
  const folder = await mkdtemp(path.join(tmpdir(), 'ficus-bench-'));
  stops.push(() => rm(folder, { recursive: true, force: true }));
  // Ficus' Postgres may run as another user, who must be able to pass.
  await chmod(folder, 0o711);
  const upstreams = await startUpstreams(programs.nginx, folder);
  stops.push(() => upstreams.stop());

  const running = new Map<Contender, RunningContender>();
  for (const contender of contenders) {
    const started = await contender.start({ programs, upstreams, folder });
    stops.push(async () => started.process?.stop());
    for (const scenario of scenarios)
      await verifyAnswers(contender.name, started, scenario, upstreams.monolith);
    await started.check?.();
    console.log(`${contender.name}: answers verified`);
    running.set(contender, started);
  }

  const load: Load = { wrk: programs.wrk, connections: options.connections, folder };
  for (const scenario of scenarios) {
    for (const { port } of running.values()) await runLoad(load, scenario, port, options.warmUpSeconds);
  }
  const turns: Turn[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    for (const scenario of scenarios) {
      for (const [contender, started] of rotated([...running], round)) {
        const turn = await takeTurn(load, scenario, started, options.seconds);
        turns.push({ scenario: scenario.name, contender: contender.name, round, ...turn });
        console.log(
          `round ${round}, ${scenario.name}, ${contender.name}: ${Math.round(turn.requestsPerSecond)} requests/s`,
        );
      }
    }
  }
  const machine = describeMachine(programs);
  return { at, machine, options, noise, contenders, scenarios, summaries: summarise(turns), turns };
}

async function takeTurn(
  load: Load,
  scenario: Scenario,
  { port, process }: RunningContender,
  seconds: number,
) {
  const cpuBefore = process?.cpuSeconds() ?? 0;
  const busySince = watchCores();
  const result = await runLoad(load, scenario, port, seconds);
  const busy = busySince();
  process?.checkAlive();
  const cpuSeconds = (process?.cpuSeconds() ?? 0) - cpuBefore;
  return {
    ...result,
    cpuUsPerRequest: (1e6 * cpuSeconds) / result.requests,
    proxyCoreBusy: busy[proxyCore] ?? 0,
    loadCoreBusy: busy[loadCore] ?? 0,
  };
}

/** Each round begins with another one: nobody always comes after the same neighbour. */
function rotated<T>(items: readonly T[], by: number): T[] {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}

async function measureNoise(): Promise<number> {
  const busySince = watchCores();
  await delay(2000);
  const busy = busySince();
  const noise = Math.max(busy[proxyCore] ?? 0, busy[loadCore] ?? 0);
  if (noise > tolerableNoise)
    console.warn(`The machine is not quiet: ${Math.round(noise * 100)} % of a core is busy with others`);
  return noise;
}

/** Those that were named, or all; in the order of `all`. */
function pick<T extends { readonly name: string }>(
  what: string,
  all: readonly T[],
  names: readonly string[],
): readonly T[] {
  const unknown = names.find((name) => !all.some((one) => one.name === name));
  if (unknown !== undefined)
    throw new Error(
      `There is no ${what} "${unknown}", only ${all.map(({ name }) => name).join(', ')}\n\n${usage}`,
    );
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}

/** The last started first. */
async function stopAll(stops: Stops): Promise<void> {
  for (const stop of stops.splice(0).reverse()) await stop();
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
