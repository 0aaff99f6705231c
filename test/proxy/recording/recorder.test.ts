import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import pino from 'pino';
import { createRecorder, type Recorder } from '../../../proxy/recording/recorder.ts';
import type { RecordingOrder } from '../../../proxy/recording/recording-status.ts';
import { systemClock } from '../../../proxy/telemetry/clock.ts';
import { jsonAnswer } from '../shadow/sample-pair.ts';
import { liveExchange, readAll, withFolder } from './sample-recording.ts';

const order: RecordingOrder = {
  migrations: [],
  share: 100,
  maxSeconds: 60,
  maxBytes: 1e9,
  maxPartBytes: 1e9,
  compression: 'gzip',
};

async function withRecorder(
  use: (recorder: Recorder, folder: string, told: () => number) => Promise<void>,
): Promise<void> {
  let told = 0;
  await withFolder(async (folder) => {
    const recorder = createRecorder({
      directory: path.join(folder, 'recordings'),
      redactionKey: new Uint8Array(32),
      migrations: () => [{ id: 'catalog', redact: [] }],
      onShares: () => told++,
      clock: systemClock,
      log: pino({ level: 'silent' }),
    });
    try {
      await use(recorder, folder, () => told);
    } finally {
      await recorder.close();
    }
  });
}

/** The exchange with another id. */
const numbered = (number: number) => liveExchange({ id: `id-${number}` });

test('while nothing is recorded, exchanges leave no trace', async () => {
  await withRecorder(async (recorder, folder) => {
    recorder.submit(numbered(1));
    assert.deepEqual(recorder.list(), []);
    assert.deepEqual(await readdir(folder), []);
  });
});

test('a recording has the exchanges of its time, of migrations it is of, for its owner only', async () => {
  await withRecorder(async (recorder) => {
    const started = await recorder.start(order);
    assert.equal(started?.state, 'running');
    assert.equal(await recorder.start(order), undefined);
    for (let number = 0; number < 30; number++) recorder.submit(numbered(number));
    recorder.submit(liveExchange({ migration: 'billing' }));
    const status = await recorder.stop(started?.id ?? '');
    assert.equal(status?.state, 'done');
    assert.deepEqual([status?.exchanges, status?.dropped], [30, {}]);
    recorder.submit(numbered(99));
    const file = recorder.partFile(status?.id ?? '', status?.parts[0]?.name ?? '') ?? '';
    const { exchanges } = await readAll(file);
    assert.deepEqual(
      exchanges.map(({ id }) => id),
      Array.from({ length: 30 }, (_, number) => `id-${number}`),
    );
    assert.equal(recorder.partFile(status?.id ?? '', '../../secret'), undefined);
  });
});

test('the workers are told what is wanted while it is recorded, and when it no longer is', async () => {
  await withRecorder(async (recorder, _folder, told) => {
    assert.deepEqual(recorder.shares(), {});
    const started = await recorder.start({ ...order, share: 25 });
    assert.deepEqual(recorder.shares(), { catalog: 25 });
    await recorder.stop(started?.id ?? '');
    assert.deepEqual([recorder.shares(), told()], [{}, 2]);
  });
});

test('exchanges that come faster than they are written are dropped and counted, and hold bounded memory', async () => {
  await withRecorder(async (recorder) => {
    const started = await recorder.start(order);
    for (let number = 0; number < 5000; number++) recorder.submit(numbered(number));
    const { dropped = {} } = recorder.status(started?.id ?? '') ?? {};
    assert.ok((dropped['queue_full'] ?? 0) > 0);
    const status = await recorder.stop(started?.id ?? '');
    assert.equal((status?.exchanges ?? 0) + (status?.dropped['queue_full'] ?? 0), 5000);
  });
});

test('a recording ends when its bytes are reached, and another can begin', async () => {
  await withRecorder(async (recorder) => {
    const started = await recorder.start({ ...order, compression: 'none', maxBytes: 300_000 });
    const large = jsonAnswer({ text: 'abc '.repeat(5_000) });
    const isRunning = () => recorder.status(started?.id ?? '')?.state === 'running';
    while (isRunning()) {
      recorder.submit(liveExchange({ answer: large }));
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.match(recorder.status(started?.id ?? '')?.reason ?? '', /300000 bytes are reached/);
    assert.ok(await recorder.start(order));
  });
});

test('a disk that refuses ends the recording, and says why', async () => {
  await withFolder(async (folder) => {
    // A file where the folder would be.
    const blocked = path.join(folder, 'recordings');
    await writeFile(blocked, '');
    const recorder = createRecorder({
      directory: blocked,
      redactionKey: new Uint8Array(32),
      migrations: () => [{ id: 'catalog', redact: [] }],
      onShares: () => {},
      clock: systemClock,
      log: pino({ level: 'silent' }),
    });
    const started = await recorder.start(order);
    recorder.submit(numbered(1));
    const statusNow = () => recorder.status(started?.id ?? '');
    while (statusNow()?.state === 'running') await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual([statusNow()?.state, statusNow()?.exchanges], ['failed', 0]);
    assert.match(statusNow()?.reason ?? '', /the recorder failed/);
    assert.equal(await readFile(blocked, 'utf8'), '');
    await recorder.close();
  });
});
