import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lonePoints, rangeOf, timesOf } from '../../dashboard/src/charts/chart-model.ts';
import { estatePanel, progressText } from '../../dashboard/src/charts/estate-panel.ts';
import { markerGroups, markerText, migrationPanels } from '../../dashboard/src/charts/migration-panels.ts';
import { readSpan } from '../../dashboard/src/charts/spans.ts';
import { pathOf, sparkText } from '../../dashboard/src/charts/spark-path.ts';
import type { MigrationSeries, SideSeries, Values } from '../../proxy/admin/api-types.ts';

const nothing: Values = [null, null, null];
const side = (requests: Values, errors: Values): SideSeries => ({
  ...{ requests, errors, p50Ms: nothing, p95Ms: nothing, p99Ms: nothing },
});
const series: MigrationSeries = {
  ...{ migration: 'catalog', from: '2026-11-25T10:00:00.000Z', stepSeconds: 300, points: 3 },
  share: { asked: [25, 25, 25], allowed: [5, 5, 5], effective: [5, 5, null] },
  monolith: side([1000, 0, null], [5, 0, null]),
  service: side(nothing, nothing),
  copies: side([10, 10, null], [0, 1, null]),
  agreement: { ratio: [0.9, 0.95, null], atLeast: [0.8, 0.9, null] },
  pairs: { agreed: [5, 5, 5], differed: [0, 1, 0], incomparable: [0, 0, null] },
  dropped: Object.fromEntries(
    [30, 5, 10, 20, 1, 2].map((count, index) => [`reason-${index}`, [count, 0, 0]]),
  ),
  markers: [],
};
const nowMs = Date.parse('2026-11-25T10:12:00Z');
const panel = (title: string) => {
  const found = migrationPanels(series, nowMs).find((one) => one.title.startsWith(title));
  assert.ok(found, title);
  return found;
};

test('errors are a part of the answers: without answers there is a gap, and a side without any has no line', () => {
  assert.deepEqual(
    panel('Errors').lines.map(({ label, values }) => [label, values]),
    [
      ['monolith', [0.5, null, null]],
      ['service, copies', [0, 10, null]],
    ],
  );
});

test('what is counted by the minute is not told of a step that is not over', () => {
  assert.deepEqual(panel('Answers').lines[0]?.values, [200, 0, null]);
  assert.deepEqual(panel('Pairs').lines[0]?.values, [1, 1.2, null]);
});

test('the reasons of most dropped copies have lines, the others have one together', () => {
  assert.deepEqual(
    panel('Pairs').lines.map(({ label, values }) => [label, values[0]]),
    [
      ['pairs', 1],
      ['reason-0', 6],
      ['reason-3', 4],
      ['reason-2', 2],
      ['reason-1', 1],
      ['other reasons', 0.6],
    ],
  );
});

test('an axis begins at 0 or a little below the least value, has some height, and ends where more can not be', () => {
  assert.deepEqual(rangeOf({ lines: [], most: 1, atMost: 100 }), [0, 1.08]);
  assert.deepEqual(rangeOf(panel('Share')), [0, 27]);
  const [bottom, top] = rangeOf(panel('Agreement'));
  assert.ok(bottom > 75 && bottom < 80 && top > 95 && top < 100, `${bottom} ${top}`);
});

test('a point between gaps is drawn by itself', () => {
  assert.deepEqual(lonePoints([1, null, 2, null, 3, 4]), [0, 2]);
});

test('moves of one step share a number, and the newest nine have one', () => {
  const marker = (seq: number, at: string) => ({ seq, at, action: 'step', actor: 'ficus', reason: '' });
  const [group, other] = markerGroups({
    ...series,
    markers: [
      marker(1, '2026-11-25T10:01:00Z'),
      marker(2, '2026-11-25T10:04:59Z'),
      marker(3, '2026-11-25T10:05:00Z'),
    ],
  });
  assert.deepEqual([group?.markers.length, group?.label, other?.label], [2, '1', '2']);
  const many = Array.from({ length: 12 }, (_, index) =>
    marker(index, new Date(Date.parse(series.from) + index * 300_000).toISOString()),
  );
  const labels = markerGroups({ ...series, markers: many }).map(({ label }) => label);
  assert.deepEqual(labels, ['', '', '', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
});

test('a move is told with where it went, in percent or by phase', () => {
  const move = { seq: 1, at: '', actor: '', reason: '' };
  assert.equal(markerText({ ...move, action: 'promote', from: 5, to: 25 }), 'promote 5 % → 25 %');
  assert.equal(
    markerText({ ...move, action: 'phase', from: 'shadow', to: 'canary' }),
    'phase shadow → canary',
  );
  assert.equal(markerText({ ...move, action: 'shadow', to: 10 }), 'shadow 10 %');
  assert.equal(markerText({ ...move, action: 'guard', from: 25 }), 'guard from 25 %');
});

test('the estate is told by routes and by traffic, and from where it came', () => {
  const estate = {
    ...{ from: series.from, stepSeconds: 300, points: 3 },
    routes: { all: [12, 12, null], moved: [3, 6, null] },
    traffic: { all: [100, 0, null], service: [10, 0, null] },
  };
  assert.deepEqual(
    estatePanel(estate).lines.map(({ values }) => values),
    [
      [25, 50, null],
      [10, null, null],
    ],
  );
  assert.equal(progressText(estate), '6 of 12 routes moved, from 25 %; 10 % of all answers by services');
  assert.equal(progressText({ ...estate, routes: { all: nothing, moved: nothing } }), undefined);
});

test('a sparkline breaks off where a value is missing, and is told in words', () => {
  assert.equal(pathOf([0, 2, null, 1, null], 2, 100, 20), 'M0.0 20.0L25.0 0.0M75.0 10.0h0');
  assert.equal(
    sparkText('service', [0.4, null, 0.2], (value) => `${value} %`),
    'service at most 0.4 %, now 0.2 %',
  );
  assert.equal(sparkText('service', nothing, String), 'service none');
});

test('an address names a span that there is; points have their times', () => {
  assert.deepEqual(readSpan({ span: '7d' }), { span: '7d' });
  assert.deepEqual(readSpan({ span: '7y' }), {});
  assert.deepEqual(
    timesOf(series).map((time) => time - Date.parse(series.from) / 1000),
    [0, 300, 600],
  );
});
