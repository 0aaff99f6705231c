import type { ComparedPair } from '../shadow/pair.ts';
import type { CoverageDimension, FailedPairs } from './model.ts';
import { describedCells } from './openapi/described-cells.ts';

/** One count that a pair adds to, of its route. */
export interface Cell {
  readonly dimension: string;
  readonly value: string;
}

const dimensions: ReadonlySet<string> = new Set<CoverageDimension>([
  'method',
  'status',
  'type',
  'role',
  'query',
  'use',
]);

/** Whether it is what traffic shows of a route, and what the gate's answer lists of it. */
export function isCoverage<Counted extends { readonly dimension: string }>(
  cell: Counted,
): cell is Counted & { readonly dimension: CoverageDimension } {
  return dimensions.has(cell.dimension);
}

const failedDimension = 'failed';

/** All cells that a pair falls into: what it covers, which side failed in it, what fits the description. */
export function cellsOf({ coverage, failed, described }: ComparedPair): Cell[] {
  const cells = Object.entries(coverage ?? {}).map(([dimension, value]: [string, string]) => ({
    dimension,
    value,
  }));
  if (failed !== undefined) cells.push({ dimension: failedDimension, value: failed });
  if (described) cells.push(...describedCells(described));
  return cells;
}

/** A cell as it is counted: in pairs that could be compared, and in those that could not. */
export interface CountedCell extends Cell {
  readonly route: string;
  readonly compared: number;
  readonly incomparable: number;
}

/** Pairs of some routes by which side failed in them. */
export function failedPairs(cells: readonly CountedCell[], routes: ReadonlySet<string>): FailedPairs {
  const counts = { service: 0, monolith: 0, both: 0 };
  for (const { route, dimension, value, compared, incomparable } of cells) {
    if (dimension !== failedDimension || !routes.has(route) || !(value in counts)) continue;
    counts[value as keyof typeof counts] += compared + incomparable;
  }
  return counts;
}
