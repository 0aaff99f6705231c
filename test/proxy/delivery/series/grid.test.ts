import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byPoint, type Grid, gridOf, storedSpan } from '../../../../proxy/delivery/series/grid.ts';

const now = Date.parse('2026-11-25T10:07:30Z');
const HOUR = 3_600_000;
const gridFor = (hours: number, stepSeconds?: number): Grid => {
  const grid = gridOf({ fromMs: now - hours * HOUR, toMs: now, ...(stepSeconds && { stepSeconds }) }, now);
  assert.ok(typeof grid !== 'string', String(grid));
  return grid;
};

test('a span without a step gets the finest one that is stored for so long and shows it in some hundred points', () => {
  const shown = [1, 6, 24, 7 * 24, 30 * 24, 90 * 24].map((hours) => {
    const { stepSeconds, points } = gridFor(hours);
    return [hours, stepSeconds, points];
  });
  assert.deepEqual(shown, [
    [1, 60, 61],
    [6, 60, 361],
    [24, 300, 289],
    [168, 1800, 337],
    [720, 7200, 361],
    [2160, 21600, 361],
  ]);
});

test('a short span of long ago gets a step that is still kept', () => {
  const fromMs = now - 20 * 24 * HOUR;
  const grid = gridOf({ fromMs, toMs: fromMs + HOUR }, now);
  assert.ok(typeof grid !== 'string');
  assert.equal(grid.stepSeconds, 1800);
});

test('points begin at multiples of the step, and the last one holds the end of the span', () => {
  const grid = gridFor(1, 300);
  assert.equal(new Date(grid.fromMs).toISOString(), '2026-11-25T09:05:00.000Z');
  assert.equal(grid.points, 13);
  const rows = [grid.fromMs, grid.fromMs + 299_999, now - 1, now + HOUR].map((atMs) => ({ atMs }));
  assert.deepEqual(
    byPoint(grid, rows).map((row) => row.length),
    [2, ...Array(11).fill(0), 1],
  );
});

test('a step is made of the coarsest that is stored and divides it, so that few rows are read', () => {
  const stored = (hours: number, step: number): number => storedSpan(gridFor(hours, step)).stepSeconds;
  assert.deepEqual(
    [stored(1, 60), stored(24, 300), stored(168, 1800), stored(720, 21_600)],
    [60, 300, 1800, 7200],
  );
});

test('too many points, and a span that ends before it begins, are refused with what to ask for', () => {
  const tooMany = gridOf({ fromMs: now - 24 * HOUR, toMs: now, stepSeconds: 60 }, now);
  assert.equal(tooMany, 'That would be 1441 points, and 720 are allowed: ask for `step=300` or more.');
  const backwards = gridOf({ fromMs: now, toMs: now }, now);
  assert.equal(backwards, 'A span of time begins before it ends: `from` must be before `to`.');
  assert.match(String(gridOf({ fromMs: 0, toMs: now }, now)), /at most 360 days/);
});
