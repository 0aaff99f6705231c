import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cellsOf, failedPairs, isCoverage } from '../../../proxy/evidence/cells-of-pair.ts';
import { describedAnswers } from '../../../proxy/evidence/openapi/described-cells.ts';
import type { ComparedPair } from '../../../proxy/shadow/pair.ts';

const pair: ComparedPair = {
  id: 'p',
  migration: 'm',
  route: 'GET /a',
  at: '2026-11-20T09:00:00.000Z',
  control: 'monolith',
  outcome: 'differed',
  differences: [],
  coverage: { method: 'GET', status: '2xx', type: 'none', query: 'none', use: 'none' },
  failed: 'service',
  described: { hash: 'h1', monolith: [], service: ['/a must be number', '/b must be number'] },
  monolithMs: 1,
  serviceMs: 1,
};
const counted = (route: string, pairs: number) =>
  cellsOf(pair).map((cell) => ({ ...cell, route, compared: pairs, incomparable: 1 }));

test('Failures are counted over the routes that the migration has, comparable or not', () => {
  const cells = [...counted('GET /a', 4), ...counted('GET /gone', 100)];
  assert.deepEqual(failedPairs(cells, new Set(['GET /a'])), { service: 5, monolith: 0, both: 0 });
});

test('Answers that fit and what does not are counted by side, under one description', () => {
  const cells = counted('GET /a', 4);
  assert.deepEqual(describedAnswers(cells, 'h2'), []);
  assert.deepEqual(describedAnswers(cells, 'h1'), [
    { route: 'GET /a', side: 'monolith', checked: 5, unfit: 0, misfits: [] },
    {
      route: 'GET /a',
      side: 'service',
      checked: 5,
      unfit: 5,
      misfits: [
        { text: '/a must be number', answers: 5 },
        { text: '/b must be number', answers: 5 },
      ],
    },
  ]);
});

test('All that a pair covers reaches the gate and the uses of contracts; other counts do not', () => {
  const ofCoverage = cellsOf(pair).filter(isCoverage);
  assert.deepEqual(
    ofCoverage.map(({ dimension }) => dimension).toSorted(),
    Object.keys(pair.coverage!).toSorted(),
  );
});
