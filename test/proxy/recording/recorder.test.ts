import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import pino from 'pino';
import { createRecorder, type Recorder, type RecorderDeps } from '../../../proxy/recording/recorder.ts';
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

const recorderIn = (folder: string, rest: Partial<RecorderDeps> = {}) =>
  createRecorder({
    directory: path.join(folder, 'recordings'),
    redactionKey: new Uint8Array(32),
    migrations: () => [{ id: 'catalog', redact: [] }],
    onShares: () => {},
    onDropped: () => {},
    clock: systemClock,
    log: pino({ level: 'silent' }),
    ...rest,
  });

async function withRecorder(
  use: (recorder: Recorder, folder: string, told: () => number) => Promise<void>,
): Promise<void> {
  let told = 0;
  await withFolder(async (folder) => {
    const recorder = recorderIn(folder, { onShares: () => told++ });
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
      onDropped: () => {},
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

test('recordings are known after a restart; one that was running then has failed, and what it flushed counts', async () => {
  await withFolder(async (folder) => {
    const first = recorderIn(folder);
    const done = await first.start(order);
    for (let number = 0; number < 3; number++) first.submit(numbered(number));
    const stopped = await first.stop(done?.id ?? '');
    const cut = await first.start(order);
    first.submit(numbered(4));
    await first.close();
    // As a process that was killed leaves it.
    const statusFile = path.join(folder, 'recordings', cut?.id ?? '', 'status.json');
    await writeFile(statusFile, JSON.stringify({ ...cut, state: 'running' }));
    const second = recorderIn(folder);
    await second.restored;
    assert.deepEqual(second.status(done?.id ?? ''), stopped);
    const [newest] = second.list();
    assert.deepEqual(
      [newest?.id, newest?.state, newest?.exchanges, newest?.reason, newest?.parts.length],
      [cut?.id, 'failed', 1, 'Ficus ended while it ran', 1],
    );
    const file = second.partFile(cut?.id ?? '', newest?.parts[0]?.name ?? '') ?? '';
    assert.equal((await readAll(file)).exchanges[0]?.id, 'id-4');
    await second.close();
  });
});

test('old recordings go at the start, whether anybody records or not', async () => {
  await withFolder(async (folder) => {
    const first = recorderIn(folder);
    const { id = '' } = (await first.start(order)) ?? {};
    first.submit(numbered(1));
    await first.stop(id);
    await first.close();
    const later = { ...systemClock, now: () => Date.now() + 15 * 86_400_000 };
    const second = recorderIn(folder, { clock: later });
    await second.restored;
    assert.deepEqual([second.list(), await readdir(path.join(folder, 'recordings'))], [[], []]);
    await second.close();
  });
});

test('an exchange that is left out is told, with its migration and the reason', async () => {
  await withFolder(async (folder) => {
    const dropped: string[] = [];
    const migrations = [{ id: 'catalog', redact: [] }];
    const recorder = recorderIn(folder, {
      migrations: () => migrations.slice(),
      onDropped: (migration, reason) => dropped.push(`${migration} ${reason}`),
    });
    const { id = '' } = (await recorder.start(order)) ?? {};
    migrations.pop();
    recorder.onRoutes();
    recorder.submit(numbered(1));
    const status = await recorder.stop(id);
    assert.deepEqual([dropped, status?.dropped], [['catalog not_redactable'], { not_redactable: 1 }]);
    await recorder.close();
  });
});
