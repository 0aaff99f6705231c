import type { LoadResult } from './load.ts';

/** One contender's turn at one scenario. */
export interface Turn extends LoadResult {
  readonly scenario: string;
  readonly contender: string;
  readonly round: number;
  /** CPU time of the contender's own processes: others on its core don't lengthen it much. */
  readonly cpuUsPerRequest: number;
  /** 0 to 1, whoever kept them busy. */
  readonly proxyCoreBusy: number;
  readonly loadCoreBusy: number;
}

/** All turns of one contender at one scenario: medians, and how far they lie apart. */
export interface Summary {
  readonly scenario: string;
  readonly contender: string;
  readonly requestsPerSecond: number;
  readonly lowest: number;
  readonly highest: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly errors: number;
  readonly cpuUsPerRequest: number;
  readonly proxyCoreBusy: number;
  readonly loadCoreBusy: number;
  /** Medians of the ratios within each round; undefined where the other did not run. */
  readonly toNginx: number | undefined;
  readonly toHttpProxy: number | undefined;
  /** The same for every other contender of the scenario, by name. */
  readonly to: Readonly<Record<string, number>>;
}

export function summarise(turns: readonly Turn[]): Summary[] {
  const groups = Map.groupBy(turns, ({ scenario, contender }) => JSON.stringify([scenario, contender]));
  return [...groups.values()].map((group) => {
    const { scenario, contender } = group[0]!;
    const rates = group.map((turn) => turn.requestsPerSecond);
    return {
      scenario,
      contender,
      requestsPerSecond: median(rates),
      lowest: Math.min(...rates),
      highest: Math.max(...rates),
      p50Ms: median(group.map((turn) => turn.p50Ms)),
      p99Ms: median(group.map((turn) => turn.p99Ms)),
      errors: group.reduce((sum, turn) => sum + turn.errors, 0),
      cpuUsPerRequest: median(group.map((turn) => turn.cpuUsPerRequest)),
      proxyCoreBusy: median(group.map((turn) => turn.proxyCoreBusy)),
      loadCoreBusy: median(group.map((turn) => turn.loadCoreBusy)),
      toNginx: ratio(turns, group, 'nginx'),
      toHttpProxy: ratio(turns, group, 'http-proxy'),
      to: Object.fromEntries(
        [...new Set(turns.map((turn) => turn.contender))].flatMap((other) => {
          const value = ratio(turns, group, other);
          return value === undefined ? [] : [[other, value]];
        }),
      ),
    };
  });
}

/** Round by round, because a machine that slows down slows both of a round's turns. */
function ratio(turns: readonly Turn[], group: readonly Turn[], to: string): number | undefined {
  const ratios = group.flatMap(({ scenario, round, requestsPerSecond }) => {
    const other = turns.find(
      (turn) => turn.contender === to && turn.scenario === scenario && turn.round === round,
    );
    return other ? [requestsPerSecond / other.requestsPerSecond] : [];
  });
  return ratios.length === 0 ? undefined : median(ratios);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
