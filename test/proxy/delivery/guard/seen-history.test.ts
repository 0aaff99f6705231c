import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeenHistory } from '../../../../proxy/delivery/guard/seen-history.ts';
import { type BothSeen, nothingSeen } from '../../../../proxy/delivery/guard/window.ts';

const one: BothSeen = { service: nothingSeen, monolith: { requests: 1, bad: 0 } };

test('seconds go on and nobody asks for windows, what is older than the longest one is summed up', () => {
  const history = new SeenHistory(5);
  for (let second = 1; second <= 20; second++) history.add(second, one);
  assert.equal(history.before.requests, 15);
  assert.deepEqual(history.windows(20).at(-1), {
    seconds: 5,
    seen: { ...one, monolith: { requests: 5, bad: 0 } },
  });
});

test('others tell of a second longer ago than the longest window, that is left out', () => {
  const history = new SeenHistory(5);
  history.add(20, one);
  history.setOthers(15, one);
  history.setOthers(16, one);
  assert.deepEqual(history.windows(20).at(-1)?.seen.monolith, { requests: 2, bad: 0 });
  assert.equal(history.before.requests, 0);
});

test('a clock goes back by more than a window, what is counted from then on still counts', () => {
  const history = new SeenHistory(5);
  history.add(1000, one);
  for (let second = 101; second <= 103; second++) history.add(second, one);
  assert.deepEqual(history.windows(103).at(-1)?.seen.monolith, { requests: 3, bad: 0 });
});
