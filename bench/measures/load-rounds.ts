import { loadCore, proxyCore } from '../bench-process.ts';
import { watchCores } from '../busy-cores.ts';
import type { Contender, Estate, RunningContender } from '../contenders/contender.ts';
import { type Load, runLoad } from '../load.ts';
import type { Options } from '../options.ts';
import type { Scenario } from '../scenarios.ts';
import type { Turn } from '../summary.ts';

/** As many requests as each can do: in every round everybody has a turn, after all were warmed up. */
export async function measureLoad(setting: {
  readonly estate: Estate;
  readonly options: Options;
  readonly scenarios: readonly Scenario[];
  readonly running: ReadonlyMap<Contender, RunningContender>;
}): Promise<Turn[]> {
  const { estate, options, scenarios, running } = setting;
  const load: Load = {
    wrk: estate.programs.wrk,
    connections: options.connections,
    folder: estate.folder,
  };
  const those = (scenario: Scenario) =>
    [...running].filter(([{ name }]) => scenario.contenders?.includes(name) ?? true);
  for (const scenario of scenarios) {
    for (const [, { port }] of those(scenario)) await runLoad(load, scenario, port, options.warmUpSeconds);
  }
  const turns: Turn[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    for (const scenario of scenarios) {
      for (const [{ name }, started] of rotated(those(scenario), round)) {
        const turn = await takeTurn(load, scenario, started, options.seconds);
        turns.push({ scenario: scenario.name, contender: name, round, ...turn });
        console.log(
          `round ${round}, ${scenario.name}, ${name}: ${Math.round(turn.requestsPerSecond)} requests/s`,
        );
      }
    }
  }
  return turns;
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
