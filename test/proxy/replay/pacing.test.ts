import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noNotes } from '../../../proxy/recording/read-recording.ts';
import { matchByRecording } from '../../../proxy/replay/match-exchange.ts';
import { createPacer } from '../../../proxy/replay/pacer.ts';
import { runReplay } from '../../../proxy/replay/run-replay.ts';
import { emptyTally, type ReplayOutcome, Tally } from '../../../proxy/replay/tally.ts';
import { fileWith, recordingText, sampleExchange, withFolder } from '../recording/sample-recording.ts';

const start = Date.parse('2026-11-24T10:00:00.000Z');

test('a rate spaces requests evenly, whenever they were recorded', () => {
  const pacer = createPacer({ kind: 'per-second', rate: 500 });
  assert.deepEqual(
    [0, 1, 2].map((index) => pacer.dueMs(index, start + index ** 9)),
    [0, 2, 4],
  );
});

test('as recorded and twice as fast keep the recorded distances; what overlapped is not sent back in time', () => {
  const at = [0, 100, 90, 300].map((ms) => start + ms);
  const due = (speed: number) => {
    const pacer = createPacer({ kind: 'times', speed });
    return at.map((ms, index) => pacer.dueMs(index, ms));
  };
  assert.deepEqual(due(1), [0, 100, 100, 300]);
  assert.deepEqual(due(2), [0, 50, 50, 150]);
});

/** Replays `count` exchanges with a sender that the test answers for. */
async function replayWith(
  options: { count: number; concurrency: number; rate?: number; stop?: AbortSignal; tally?: Tally },
  replay: (id: string, behindMs: number) => Promise<void>,
): Promise<Tally> {
  const tally = options.tally ?? new Tally(emptyTally());
  await withFolder(async (folder) => {
    const exchanges = Array.from({ length: options.count }, (_, number) => sampleExchange(number));
    const file = await fileWith(folder, 'r.ndjson', recordingText(exchanges));
    await runReplay({
      files: [file],
      notes: noNotes(),
      match: matchByRecording(),
      migration: undefined,
      preparation: { secrets: new Map(), headers: [], unsafe: 'skip' },
      replay: async ({ id }, _request, _matched, behindMs): Promise<ReplayOutcome> => {
        await replay(id, behindMs);
        return { kind: 'skipped', reason: id };
      },
      pacer: createPacer(options.rate ? { kind: 'per-second', rate: options.rate } : { kind: 'unpaced' }),
      isPaced: options.rate !== undefined,
      concurrency: options.concurrency,
      tally,
      stop: options.stop ?? new AbortController().signal,
    });
  });
  return tally;
}

test('a slow answer makes those behind it late by as long as they waited, and none is left out', async () => {
  const behind: number[] = [];
  const tally = await replayWith({ count: 10, concurrency: 1, rate: 1000 }, async (id, behindMs) => {
    behind.push(behindMs);
    if (id === 'exchange-0') await new Promise((resolve) => setTimeout(resolve, 200));
  });
  assert.equal(tally.state.done, 10);
  // The second was due after 1 ms and could go after 200.
  assert.ok((behind[1] ?? 0) >= 190, `${behind[1]} ms`);
});

test('no more requests are under way at once than asked for', async () => {
  let underWay = 0;
  let most = 0;
  await replayWith({ count: 50, concurrency: 4 }, async () => {
    most = Math.max(most, ++underWay);
    await new Promise((resolve) => setImmediate(resolve));
    underWay--;
  });
  assert.equal(most, 4);
});

test('when it is stopped, what is under way is counted and the rest is left for the next time', async () => {
  const controller = new AbortController();
  const seen: string[] = [];
  const tally = await replayWith({ count: 20, concurrency: 2, stop: controller.signal }, async (id) => {
    seen.push(id);
    if (seen.length === 5) controller.abort();
  });
  assert.equal(tally.state.done, seen.length);
  assert.ok(seen.length < 20);
  await replayWith({ count: 20, concurrency: 2, tally }, async (id) => void seen.push(id));
  assert.equal(tally.state.done, 20);
  assert.deepEqual([...new Set(seen)].length, 20);
  assert.equal(seen.length, 20);
});
