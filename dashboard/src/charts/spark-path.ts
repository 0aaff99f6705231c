import type { Values } from '../../../proxy/admin/api-types.ts';
import { latest } from './chart-model.ts';

/** An SVG path through the values, 0 at the bottom and `most` at the top; where one is missing it is broken off. */
export function pathOf(values: Values, most: number, width: number, height: number): string {
  const x = (index: number): string => ((index / Math.max(1, values.length - 1)) * width).toFixed(1);
  const y = (value: number): string => (height - (most === 0 ? 0 : value / most) * height).toFixed(1);
  return values
    .map((value, index) => {
      if (value === null) return '';
      const isFirst = (values[index - 1] ?? null) === null;
      // One that stands alone becomes a dot, by its round ends.
      const isAlone = isFirst && (values[index + 1] ?? null) === null;
      return `${isFirst ? 'M' : 'L'}${x(index)} ${y(value)}${isAlone ? 'h0' : ''}`;
    })
    .join('');
}

/** `monolith at most 0.4 %, now 0.2 %`. */
export function sparkText(side: string, values: Values, format: (value: number) => string): string {
  const last = latest(values);
  if (last === undefined) return `${side} none`;
  const most = values.reduce<number>((max, value) => Math.max(max, value ?? 0), 0);
  return `${side} at most ${format(most)}, now ${format(last.value)}`;
}
