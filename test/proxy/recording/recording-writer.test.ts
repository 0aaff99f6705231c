import assert from 'node:assert/strict';
import { readFile, truncate } from 'node:fs/promises';
import { test } from 'node:test';
import {
  type Compression,
  type RecordingPart,
  RecordingWriter,
} from '../../../proxy/recording/recording-writer.ts';
import { header, readAll, sampleExchange, withFolder } from './sample-recording.ts';

function writerIn(
  directory: string,
  {
    compression = 'gzip',
    maxPartBytes = 1e9,
    maxPartMs = 1e9,
    flushBytes = 1,
  }: Partial<{
    compression: Compression;
    maxPartBytes: number;
    maxPartMs: number;
    flushBytes: number;
  }> = {},
) {
  const parts: RecordingPart[] = [];
  let now = 0;
  const writer = new RecordingWriter({
    directory,
    header,
    compression,
    limits: { flushBytes, maxPartBytes, maxPartMs },
    clock: { now: () => now, monotonic: () => now },
    onPart: (part) => parts.push(part),
  });
  return {
    writer,
    parts,
    wait: (ms: number) => {
      now += ms;
    },
  };
}

for (const compression of ['gzip', 'zstd', 'none'] as const) {
  test(`what was written with ${compression} is read again`, async () => {
    await withFolder(async (folder) => {
      const { writer, parts } = writerIn(folder, { compression });
      const exchanges = [1, 2, 3].map((number) => sampleExchange(number));
      for (const exchange of exchanges) writer.write(exchange);
      writer.close();
      const read = await readAll(parts[0]?.file ?? '');
      assert.deepEqual(read.exchanges, exchanges);
      assert.deepEqual(read.notes.headers, [header]);
    });
  });

  test(`a ${compression} file that breaks off gives everything that was flushed before`, async () => {
    await withFolder(async (folder) => {
      const { writer, parts } = writerIn(folder, { compression });
      for (let number = 0; number < 20; number++) writer.write(sampleExchange(number));
      writer.close();
      const file = parts[0]?.file ?? '';
      await truncate(file, (await readFile(file)).length - 20);
      const { exchanges, notes } = await readAll(file);
      assert.equal(exchanges.length, 19);
      assert.equal(notes.malformed, 0);
    });
  });
}

test('a part that is large enough ends, and the next one has a header of its own', async () => {
  await withFolder(async (folder) => {
    const { writer, parts } = writerIn(folder, { maxPartBytes: 400 });
    for (let number = 0; number < 10; number++) writer.write(sampleExchange(number));
    writer.close();
    assert.ok(parts.length > 2, `${parts.length} parts`);
    const read = await readAll(...parts.map(({ file }) => file));
    assert.equal(read.exchanges.length, 10);
    assert.equal(read.notes.headers.length, parts.length);
    assert.equal(
      parts.reduce((sum, { exchanges }) => sum + exchanges, 0),
      10,
    );
  });
});

test('a part that is old enough ends with the next flush', async () => {
  await withFolder(async (folder) => {
    const { writer, parts, wait } = writerIn(folder, { maxPartMs: 1000, flushBytes: 1e6 });
    writer.write(sampleExchange(1));
    writer.flush();
    assert.equal(parts.length, 0);
    wait(1000);
    writer.flush();
    assert.deepEqual(
      parts.map(({ exchanges }) => exchanges),
      [1],
    );
    writer.close();
  });
});
