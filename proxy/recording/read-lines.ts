import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { constants, createGunzip, createZstdDecompress } from 'node:zlib';

export interface LineReaderOptions {
  /** A longer line is passed over and counted. */
  readonly maxLineChars: number;
  readonly onOverlong?: () => void;
  /** What is left at the end without a line end; not called when there is none. Yielded as a line too. */
  readonly onUnterminated?: () => void;
}

/**
 * The lines of a file in batches, decompressed by what the file is and not by its name; in flat memory. A
 * compressed file that breaks off gives what can be read of it.
 */
export async function* readLines(file: string, options: LineReaderOptions): AsyncGenerator<string[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let isSkipping = false;
  for await (const chunk of await openText(file)) {
    const lines = (rest + decoder.write(chunk as Buffer)).split('\n');
    rest = lines.pop() ?? '';
    if (isSkipping && lines.length > 0) {
      lines.shift();
      isSkipping = false;
    }
    if (rest.length > options.maxLineChars) {
      if (!isSkipping) options.onOverlong?.();
      isSkipping = true;
      rest = '';
    }
    const fitting = lines.filter((line) => line.length <= options.maxLineChars);
    for (let over = fitting.length; over < lines.length; over++) options.onOverlong?.();
    if (fitting.length > 0) yield fitting;
  }
  if (isSkipping || rest === '') return;
  options.onUnterminated?.();
  yield [rest];
}

/** The file's bytes, decompressed. */
async function openText(file: string): Promise<Readable> {
  const bytes = createReadStream(file, { highWaterMark: 1024 * 1024 });
  const decompress = decompressors[await magicOf(file)];
  if (decompress === undefined) return bytes;
  const text = decompress();
  // A failed read ends `text` with the error; who reads that is told there.
  pipeline(bytes, text, () => {});
  return text;
}

/** `finishFlush`: a file that was cut off is no error, since what came before is good. */
const decompressors: Readonly<Record<string, () => Readable & NodeJS.WritableStream>> = {
  gzip: () => createGunzip({ finishFlush: constants.Z_SYNC_FLUSH }),
  zstd: () => createZstdDecompress({ finishFlush: constants.ZSTD_e_flush }),
};

/** By the first bytes: RFC 1952, section 2.3.1, and RFC 8878, section 3.1.1. */
async function magicOf(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const start = Buffer.alloc(4);
    await handle.read(start, 0, 4, 0);
    if (start[0] === 0x1f && start[1] === 0x8b) return 'gzip';
    return start.readUInt32LE() === 0xfd2fb528 ? 'zstd' : 'plain';
  } finally {
    await handle.close();
  }
}
