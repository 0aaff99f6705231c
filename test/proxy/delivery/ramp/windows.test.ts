import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { windowState, windowTime } from '../../../../proxy/delivery/ramp/windows.ts';
import type { CanaryWindow } from '../../../../proxy/routing/model.ts';

const everyDay = [1, 2, 3, 4, 5, 6, 7];
const berlin = (days: readonly number[], from: string, to: string): CanaryWindow => ({
  days,
  fromMinute: minutes(from),
  toMinute: minutes(to),
  zone: 'Europe/Berlin',
});
const minutes = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
const at = (iso: string) => Date.parse(iso);
const iso = (ms: number | undefined) => ms && new Date(ms).toISOString();

describe('windows', () => {
  test('none at all are open at any time', () => {
    assert.deepEqual(windowState(undefined, at('2026-11-27T15:00:00Z')), { open: true });
  });

  const fridays = { only: [], not: [berlin([5], '15:00', '24:00')] };

  test('not on Fridays after 15:00 in Berlin: closed from 14:00 UTC in winter, and opens at midnight', () => {
    assert.equal(windowState(fridays, at('2026-11-27T13:59:59Z')).open, true);
    const closed = windowState(fridays, at('2026-11-27T14:00:00Z'));
    assert.equal(closed.open, false);
    assert.equal(iso(closed.opensAtMs), '2026-11-27T23:00:00.000Z');
    assert.equal(windowTime(fridays, closed.opensAtMs!), 'Sat 2026-11-28 00:00 Europe/Berlin');
  });

  test('the same in summer is an hour earlier by UTC', () => {
    assert.equal(windowState(fridays, at('2026-07-03T12:59:00Z')).open, true);
    assert.equal(iso(windowState(fridays, at('2026-07-03T13:00:00Z')).opensAtMs), '2026-07-03T22:00:00.000Z');
  });

  test('only working hours: over the weekend of a change of the clocks it goes on at 9 by the new time', () => {
    const work = { only: [berlin([1, 2, 3, 4, 5], '09:00', '17:00')], not: [] };
    const closed = windowState(work, at('2026-10-23T16:00:00Z'));
    assert.equal(iso(closed.opensAtMs), '2026-10-26T08:00:00.000Z');
  });

  test('a window that begins in the hour that is left out begins when the clocks have gone on', () => {
    const night = { only: [berlin(everyDay, '02:30', '04:00')], not: [] };
    const closed = windowState(night, at('2026-03-29T00:30:00Z'));
    assert.equal(iso(closed.opensAtMs), '2026-03-29T01:00:00.000Z');
  });

  test('an hour that comes twice counts twice', () => {
    const night = { only: [berlin(everyDay, '02:00', '03:00')], not: [] };
    for (const time of ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'])
      assert.equal(windowState(night, at(time)).open, true);
    assert.equal(windowState(night, at('2026-10-25T02:00:00Z')).open, false);
  });

  test('a window over midnight belongs to the day on which it starts', () => {
    const night = { only: [berlin([5], '22:00', '06:00')], not: [] };
    assert.equal(windowState(night, at('2026-11-28T04:59:00Z')).open, true);
    assert.equal(windowState(night, at('2026-11-27T04:59:00Z')).open, false);
  });

  test('times that exclude each other never open, and say so', () => {
    const never = { only: [berlin([5], '15:00', '16:00')], not: [berlin([5], '00:00', '24:00')] };
    assert.deepEqual(windowState(never, at('2026-11-24T12:00:00Z')), { open: false });
  });
});
