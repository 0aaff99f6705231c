import { none } from './format.ts';
import type { Paint } from './paint.ts';
import { widthOf, wrapText } from './wrap-text.ts';

export interface Column<Row> {
  readonly title: string;
  cell(row: Row): string;
  readonly align?: 'right';
  /** Least width to which it may be wrapped; absent: never wrapped. */
  readonly wrapTo?: number;
  /** Name under which it moves below the row when the terminal is too narrow. */
  readonly aside?: string;
}

const gap = '  ';
const asideIndent = '    ';

/** Rows under a line of titles, fitted into `width` columns (undefined: as wide as it takes). */
export function renderTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  terminal: { readonly width: number | undefined; readonly paint: Paint },
): string {
  const width = terminal.width ?? Number.POSITIVE_INFINITY;
  const kept = [...columns];
  const asides: Column<Row>[] = [];
  while (leastWidth(kept, rows) > width) {
    const index = kept.findLastIndex((column) => column.aside !== undefined);
    if (index < 0) break;
    asides.unshift(...kept.splice(index, 1));
  }
  const widths = fitWidths(kept, rows, width);
  const titles = renderLine(
    kept.map(({ title }) => [title]),
    kept,
    widths,
  ).map((line) => terminal.paint('bold', line));
  const lines = rows.flatMap((row) => [
    ...renderLine(
      kept.map(({ cell }, index) => wrapText(cell(row), widths[index]!)),
      kept,
      widths,
    ),
    ...renderAsides(asides, row, width),
  ]);
  return [...titles, ...lines].join('\n');
}

/** What did not fit, below its row: short cells on one line, texts on lines of their own. */
function renderAsides<Row>(asides: readonly Column<Row>[], row: Row, width: number): string[] {
  const filled = asides.filter(({ cell }) => cell(row) !== none);
  const label = ({ aside, cell }: Column<Row>) => `${aside}: ${cell(row)}`;
  const figures = filled.filter(({ wrapTo }) => wrapTo === undefined).map(label);
  const texts = filled.filter(({ wrapTo }) => wrapTo !== undefined).map(label);
  return [...(figures.length > 0 ? [figures.join(' · ')] : []), ...texts]
    .flatMap((text) => wrapText(text, Math.max(width - asideIndent.length, 20)))
    .map((line) => asideIndent + line);
}

function naturalWidths<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): number[] {
  return columns.map(({ title, cell }) => Math.max(widthOf(title), ...rows.map((row) => widthOf(cell(row)))));
}

const gapsWidth = (columns: readonly unknown[]) => (columns.length - 1) * gap.length;

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

function leastWidth<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): number {
  const widths = naturalWidths(columns, rows).map((natural, index) =>
    Math.min(natural, columns[index]?.wrapTo ?? natural),
  );
  return sum(widths) + gapsWidth(columns);
}

/** Takes what is too much from the columns that may be wrapped, the widest first. */
function fitWidths<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): number[] {
  const widths = naturalWidths(columns, rows);
  for (let excess = sum(widths) + gapsWidth(columns) - width; excess > 0; excess--) {
    const spare = columns.map(({ wrapTo }, index) => widths[index]! - (wrapTo ?? Number.POSITIVE_INFINITY));
    const most = Math.max(...spare);
    if (most <= 0) break;
    widths[spare.indexOf(most)]! -= 1;
  }
  return widths;
}

/** One row, on as many lines as its highest cell. */
function renderLine<Row>(
  cells: readonly (readonly string[])[],
  columns: readonly Column<Row>[],
  widths: readonly number[],
): string[] {
  const height = Math.max(...cells.map((cell) => cell.length));
  return Array.from({ length: height }, (_, index) =>
    cells
      .map((cell, column) => pad(cell[index] ?? '', widths[column]!, columns[column]?.align))
      .join(gap)
      .trimEnd(),
  );
}

function pad(text: string, width: number, align: 'right' | undefined): string {
  const space = ' '.repeat(Math.max(width - widthOf(text), 0));
  return align === 'right' ? space + text : text + space;
}
