import assert from 'node:assert/strict';
import { test } from 'node:test';
import { budgetedWarn } from '../../../proxy/telemetry/log-budget.ts';

test('lines over the budget are left out, and the next one says how many', () => {
  let now = 0;
  const written: unknown[] = [];
  const log = { warn: (fields: object) => written.push(fields) };
  const warn = budgetedWarn(log as never, { now: () => 0, monotonic: () => now }, 2);
  for (const n of [1, 2, 3, 4]) warn({ n }, 'failed');
  now = 1000;
  for (const n of [5, 6, 7]) warn({ n }, 'failed');
  assert.deepEqual(written, [{ n: 1 }, { n: 2 }, { n: 5, suppressed: 2 }, { n: 6 }]);
});
