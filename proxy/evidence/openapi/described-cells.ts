import type { Side } from '../../shadow/pair.ts';
import type { Cell, CountedCell } from '../cells-of-pair.ts';

/** How one side's answers of a route fit the description. */
export interface DescribedAnswers {
  readonly route: string;
  readonly side: Side;
  readonly checked: number;
  readonly unfit: number;
  /** What does not fit, the most frequent first. */
  readonly misfits: readonly { readonly text: string; readonly answers: number }[];
}

const fitDimension = (hash: string, side: Side) => `described ${hash} ${side}`;
const misfitDimension = (hash: string, side: Side) => `misfit ${hash} ${side}`;

/** The cells that a pair's check adds to: another description counts apart. */
export function describedCells(described: {
  readonly hash: string;
  readonly monolith?: readonly string[];
  readonly service?: readonly string[];
}): Cell[] {
  const { hash } = described;
  return (['monolith', 'service'] as const).flatMap((side) => {
    const misfits = described[side];
    if (!misfits) return [];
    const dimension = misfitDimension(hash, side);
    const fit = { dimension: fitDimension(hash, side), value: misfits.length === 0 ? 'fits' : 'unfit' };
    return [fit, ...misfits.map((value) => ({ dimension, value }))];
  });
}

/** What was counted under one description, of each route and side that was held against it. */
export function describedAnswers(cells: readonly CountedCell[], hash: string): DescribedAnswers[] {
  const found = new Map<
    string,
    { checked: number; unfit: number; misfits: { text: string; answers: number }[] }
  >();
  const sides = ['monolith', 'service'] as const;
  for (const { route, dimension, value, compared, incomparable } of cells) {
    const answers = compared + incomparable;
    for (const side of sides) {
      const isFit = dimension === fitDimension(hash, side);
      if (!isFit && dimension !== misfitDimension(hash, side)) continue;
      const key = JSON.stringify([route, side]);
      const counts = found.get(key) ?? { checked: 0, unfit: 0, misfits: [] };
      found.set(key, counts);
      if (!isFit) counts.misfits.push({ text: value, answers });
      else {
        counts.checked += answers;
        if (value !== 'fits') counts.unfit += answers;
      }
    }
  }
  return [...found].map(([key, { misfits, ...counts }]) => {
    const [route, side] = JSON.parse(key) as [string, Side];
    return { route, side, ...counts, misfits: misfits.toSorted((a, b) => b.answers - a.answers) };
  });
}
