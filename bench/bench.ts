import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { loadCore, proxyCore } from './bench-process.ts';
import { watchCores } from './busy-cores.ts';
import type { Contender, Estate, RunningContender } from './contenders/contender.ts';
import { contenders as peers, variants } from './contenders.ts';
import { describeMachine } from './machine.ts';
import { bigBody } from './measures/big-body.ts';
import type { Finding } from './measures/finding.ts';
import { halfLoad } from './measures/half-load.ts';
import { idleMemory } from './measures/idle-connections.ts';
import { measureLoad } from './measures/load-rounds.ts';
import { shadowLatency } from './measures/shadow-latency.ts';
import { startTimes } from './measures/start.ts';
import { type Options, otherMeasures, readOptions, usage } from './options.ts';
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
  const contenders = pick('contender', [...peers, ...variants], options.contenders);
  const measures = pick(
    'measure',
    [...allScenarios, ...otherMeasures.map((name) => ({ name }))],
    options.only,
  );
  const chosen = new Set(measures.map(({ name }) => name));
  // Half of the maximum is of the maximum that this run has seen.
  if (chosen.has('half-load')) chosen.add('get');
  if (availableParallelism() < 2)
    throw new Error('Two cores are needed: one for the proxy, one for the load');
  const stops: Stops = [];
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void stopAll(stops).finally(() => process.exit(1)));
  }
  try {
    const report = await run(options, contenders, chosen, stops);
    console.log(`\n${renderReport(report)}`);
    if (options.save) console.log(`Saved as bench/${await saveReport(report)}.json and .md`);
  } finally {
    await stopAll(stops);
  }
}

async function run(
  options: Options,
  contenders: readonly Contender[],
  chosen: ReadonlySet<string>,
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

  const scenarios = allScenarios.filter(({ name }) => chosen.has(name));
  const estate: Estate = { programs, upstreams, folder };
  const turns: Turn[] = [];
  const findings: Finding[] = [];
  for (const group of groupsOf(scenarios)) {
    const ends: Stops = [];
    stops.push(() => stopAll(ends));
    const those = contenders.filter((one) => group.some((scenario) => takesPart(one, scenario)));
    const running = await startAndVerify(those, group, estate, ends);
    turns.push(...(await measureLoad({ estate, options, scenarios: group, running })));
    if (chosen.has('half-load') && group.some(({ name }) => name === 'get'))
      findings.push(await halfLoad({ options, estate, summaries: summarise(turns), running }));
    await stopAll(ends);
  }
  const setting = { options, estate };
  if (chosen.has('shadow-latency')) findings.push(await shadowLatency(setting));
  if (chosen.has('big-body')) findings.push(await bigBody(setting));
  if (chosen.has('idle-connections')) findings.push(await idleMemory(setting));
  if (chosen.has('start')) findings.push(await startTimes(setting));
  const machine = describeMachine(programs);
  const summaries = summarise(turns);
  const measured = contenders.filter(({ name }) => turns.some((turn) => turn.contender === name));
  return { at, machine, options, noise, contenders: measured, scenarios, summaries, turns, findings };
}

async function startAndVerify(
  contenders: readonly Contender[],
  scenarios: readonly Scenario[],
  estate: Estate,
  ends: Stops,
): Promise<Map<Contender, RunningContender>> {
  const running = new Map<Contender, RunningContender>();
  for (const contender of contenders) {
    const started = await contender.start(estate);
    ends.push(async () => started.process?.stop());
    for (const scenario of scenarios.filter((one) => takesPart(contender, one)))
      await verifyAnswers(contender.name, started, scenario, estate.upstreams.monolith);
    await started.check?.();
    console.log(`${contender.name}: answers verified`);
    running.set(contender, started);
  }
  return running;
}

/** The peers' scenarios together, each one of variants for itself: who waits for its turn has some work, too. */
function groupsOf(scenarios: readonly Scenario[]): Scenario[][] {
  const isVariant = ({ contenders = [] }: Scenario) => variants.some(({ name }) => contenders.includes(name));
  const together = scenarios.filter((one) => !isVariant(one));
  return [together, ...scenarios.filter(isVariant).map((one) => [one])].filter(({ length }) => length > 0);
}

function takesPart({ name }: Contender, scenario: Scenario): boolean {
  return scenario.contenders?.includes(name) ?? peers.some((peer) => peer.name === name);
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
