import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LatencyWatch } from '../../../proxy/data-plane/latency-watch.ts';

/** A second of answers, most of them this slow; a few much slower. */
function second(watch: LatencyWatch, at: number, ms: number, count = 100): void {
  for (let i = 0; i < count; i++) watch.add(i % 10 === 0 ? 5000 : ms, at * 1000 + i);
}

test('a side whose median answer takes three times as long and 50 ms more gets half of the copies, then a quarter', () => {
  const watch = new LatencyWatch();
  for (let at = 1; at <= 5; at++) second(watch, at, 20);
  assert.equal(watch.shareOfCopies(5999), 1);
  second(watch, 6, 200);
  second(watch, 7, 200);
  assert.equal(watch.shareOfCopies(7999), 0.5);
  assert.equal(watch.shareOfCopies(8001), 0.25);
});

test('its share comes back a tenth a second once it is as it was', () => {
  const watch = new LatencyWatch();
  second(watch, 1, 10);
  second(watch, 2, 10);
  second(watch, 3, 500);
  for (let at = 4; at <= 6; at++) second(watch, at, 10);
  assert.ok(Math.abs(watch.shareOfCopies(6500) - 0.7) < 0.001);
  for (let at = 7; at <= 12; at++) second(watch, at, 10);
  assert.equal(watch.shareOfCopies(12_500), 1);
});

test('it comes back as well when nothing is answered any more, since copies may be all that was', () => {
  const watch = new LatencyWatch();
  second(watch, 1, 10);
  second(watch, 2, 10);
  second(watch, 3, 500);
  let share = 0;
  for (let now = 4000; now < 14_000; now += 1000) share = watch.shareOfCopies(now);
  assert.equal(share, 1);
});

test('slower by less than 50 ms, or for a few only, is no reason', () => {
  const watch = new LatencyWatch();
  second(watch, 1, 2);
  for (let at = 2; at <= 6; at++) second(watch, at, 40);
  second(watch, 7, 5000, 15);
  assert.equal(watch.shareOfCopies(8500), 1);
});

test('after a minute, slower is the new usual', () => {
  const watch = new LatencyWatch();
  second(watch, 1, 10);
  for (let at = 2; at <= 90; at++) second(watch, at, 500);
  assert.equal(watch.shareOfCopies(90_500), 1);
});
