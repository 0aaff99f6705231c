import type { Paint } from './paint.ts';

/** What a terminal needs to be to be watched on. */
export type Screen = Pick<NodeJS.WriteStream, 'write' | 'rows' | 'columns'>;

/** As top and less do it: a screen of its own, which leaves the one before as it was. */
const ENTER = '\x1b[?1049h\x1b[?25l';
const LEAVE = '\x1b[?25h\x1b[?1049l';
/** Terminals that know it show what is between at once; the others are written over line by line. */
const BEGIN = '\x1b[?2026h\x1b[H';
const END = '\x1b[J\x1b[?2026l';
const REST_OF_LINE = '\x1b[K';

export function enter(screen: Screen): void {
  screen.write(ENTER);
}

export function leave(screen: Screen): void {
  screen.write(LEAVE);
}

/** Draws a picture over the one before, `foot` in the last row. What is too high ends in how much is left out. */
export function draw(screen: Screen, text: string, foot: string, paint: Paint): void {
  const rows = screen.rows || 24;
  const lines = fitted(text.split('\n'), rows - 2);
  const blank = Array.from({ length: Math.max(rows - 1 - lines.length, 0) }, () => '');
  const last = paint('dim', [...foot].slice(0, screen.columns || 80).join(''));
  const picture = [...lines, ...blank, last].map((line) => line + REST_OF_LINE).join('\n');
  screen.write(BEGIN + picture + END);
}

function fitted(lines: readonly string[], room: number): readonly string[] {
  if (lines.length <= room) return lines;
  const kept = lines.slice(0, Math.max(room - 1, 0));
  return [...kept, `… ${lines.length - kept.length} more lines`];
}
