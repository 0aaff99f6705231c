import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { type LoadSample, startLoadShedding } from '../../proxy/data-plane/load-shedding.ts';

const roomy: LoadSample = { heapBytes: 10, maxHeapBytes: 100, allBytes: 10 };

/** Looks happen when the test says so: each `late` ms after it was due. */
function playedShedding(t: { after(fn: () => void): void }) {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());
  let now = 0;
  let sample = roomy;
  let afterCollect: LoadSample | undefined;
  let collections = 0;
  const shedding = startLoadShedding({
    clock: { now: () => 0, monotonic: () => now },
    measure: () => sample,
    collect() {
      collections++;
      sample = afterCollect ?? sample;
    },
    random: () => 0,
  });
  return {
    shedding,
    look(lateMs: number, times = 1) {
      for (let i = 0; i < times; i++) {
        now += 100 + lateMs;
        mock.timers.tick(100);
      }
    },
    measured(next: Partial<LoadSample>, collected?: Partial<LoadSample>) {
      sample = { ...roomy, ...next };
      afterCollect = collected && { ...roomy, ...collected };
    },
    collections: () => collections,
  };
}

test('a loop that is late by 400 ms at every look is busy, not overloaded', (t) => {
  const { shedding, look } = playedShedding(t);
  look(400, 100);
  assert.equal(shedding.sheds(), false);
});

test('one stall of ten seconds refuses nobody', (t) => {
  const { shedding, look } = playedShedding(t);
  look(0, 10);
  look(10_000);
  assert.equal(shedding.sheds(), false);
  look(0);
  assert.equal(shedding.sheds(), false);
});

test('a loop late by 600 ms at four looks in a row refuses, and goes on until it is late by less than half', (t) => {
  const { shedding, look } = playedShedding(t);
  look(600, 3);
  assert.equal(shedding.reason, undefined);
  look(600);
  assert.equal(shedding.reason, 'event-loop');
  look(300);
  assert.equal(shedding.reason, 'event-loop');
  look(0, 2);
  assert.equal(shedding.reason, undefined);
});

test('a full heap that is rubbish is collected, and refuses nobody', (t) => {
  const { shedding, look, measured, collections } = playedShedding(t);
  measured({ heapBytes: 90 }, { heapBytes: 20 });
  look(0);
  assert.equal(shedding.reason, undefined);
  assert.equal(collections(), 1);
});

test('a heap that is full refuses everybody until it is well under the edge', (t) => {
  const { shedding, look, measured } = playedShedding(t);
  measured({ heapBytes: 90 });
  look(0);
  assert.equal(shedding.reason, 'memory');
  assert.equal(shedding.sheds(), true);
  measured({ heapBytes: 80 });
  look(0, 50);
  assert.equal(shedding.reason, 'memory');
  measured({ heapBytes: 70 });
  look(0);
  assert.equal(shedding.reason, undefined);
});

test('while it is full, collecting is tried every two seconds and no more often', (t) => {
  const { look, measured, collections } = playedShedding(t);
  measured({ heapBytes: 90 });
  look(0, 41);
  assert.equal(collections(), 3);
});
