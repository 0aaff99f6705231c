import type { AlignedRow } from './align-trees.ts';

/** Rows that have a text on either side, whatever its case. */
export function findRows(rows: readonly AlignedRow[], text: string): number[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return [];
  return rows.flatMap(({ line, monolith = '', service = '' }) =>
    monolith.toLowerCase().includes(wanted) || service.toLowerCase().includes(wanted) ? [line] : [],
  );
}

/** The next one of some ascending numbers after `at`, or the one before it; round and round. */
export function nextOf(stops: readonly number[], at: number | undefined, step: 1 | -1): number | undefined {
  if (at === undefined) return step === 1 ? stops[0] : stops.at(-1);
  const next = step === 1 ? stops.find((one) => one > at) : stops.findLast((one) => one < at);
  return next ?? (step === 1 ? stops[0] : stops.at(-1));
}
