import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import type { Clock } from '../telemetry/clock.ts';
import type { RecordedExchange, RecordingHeader } from './schema.ts';

export type Compression = 'gzip' | 'zstd' | 'none';

export const extensions: Readonly<Record<Compression, string>> = {
  gzip: '.ndjson.gz',
  zstd: '.ndjson.zst',
  none: '.ndjson',
};

export interface WriterLimits {
  /** Text collected before it is compressed and written: what a killed writer loses at most. */
  readonly flushBytes: number;
  /** A part is closed at this size, as it is on the disk, or at this age, and the next one begun. */
  readonly maxPartBytes: number;
  readonly maxPartMs: number;
}

export const defaultWriterLimits: WriterLimits = {
  flushBytes: 256 * 1024,
  maxPartBytes: 64 * 1024 * 1024,
  maxPartMs: 10 * 60_000,
};

/** A file of a recording, complete in itself. */
export interface RecordingPart {
  /** From 1. */
  readonly number: number;
  readonly file: string;
  readonly bytes: number;
  readonly exchanges: number;
}

export interface WriterOptions {
  readonly directory: string;
  readonly header: RecordingHeader;
  readonly compression: Compression;
  readonly limits: WriterLimits;
  readonly clock: Clock;
  readonly onPart: (part: RecordingPart) => void;
}

interface OpenPart {
  readonly number: number;
  readonly fd: number;
  readonly file: string;
  readonly since: number;
}

/**
 * Writes exchanges as parts that rotate by size and age. Each flush is a gzip member or zstd frame of its own
 * (RFC 1952, section 2.2; RFC 8878, section 3): whatever was flushed can be read, however the writer ended.
 * Synchronous: it runs in a thread of its own. What the disk refuses is thrown.
 */
export class RecordingWriter {
  readonly #options: WriterOptions;
  #lines: string[] = [];
  #pendingBytes = 0;
  #part: OpenPart | undefined;
  #number = 0;
  #partBytes = 0;
  #partExchanges = 0;
  /** Of all parts, as they are on the disk. */
  bytes = 0;

  constructor(options: WriterOptions) {
    this.#options = options;
    mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  }

  write(exchange: RecordedExchange): void {
    this.#part ??= this.#open();
    const line = `${JSON.stringify(exchange)}\n`;
    this.#lines.push(line);
    this.#pendingBytes += line.length;
    this.#partExchanges++;
    if (this.#pendingBytes >= this.#options.limits.flushBytes) this.flush();
  }

  /** Writes what was collected, and ends a part that is large or old enough. */
  flush(): void {
    const part = this.#part;
    if (part === undefined) return;
    if (this.#lines.length > 0) {
      const member = compress(this.#options.compression, this.#lines.join(''));
      this.#lines = [];
      this.#pendingBytes = 0;
      for (let written = 0; written < member.length; ) {
        written += writeSync(part.fd, member, written);
      }
      this.#partBytes += member.length;
      this.bytes += member.length;
    }
    const { maxPartBytes, maxPartMs } = this.#options.limits;
    const age = this.#options.clock.monotonic() - part.since;
    if (this.#partBytes >= maxPartBytes || age >= maxPartMs) this.#closePart(part);
  }

  close(): void {
    this.flush();
    if (this.#part) this.#closePart(this.#part);
  }

  #open(): OpenPart {
    const { directory, compression, header, clock } = this.#options;
    const number = ++this.#number;
    const file = path.join(directory, partName(number, compression));
    this.#partBytes = 0;
    this.#partExchanges = 0;
    this.#lines.push(`${JSON.stringify(header)}\n`);
    // `wx`: two writers in one folder would mix their lines.
    return { number, fd: openSync(file, 'wx', 0o600), file, since: clock.monotonic() };
  }

  #closePart({ fd, number, file }: OpenPart): void {
    closeSync(fd);
    this.#part = undefined;
    this.#options.onPart({ number, file, bytes: this.#partBytes, exchanges: this.#partExchanges });
  }
}

export function partName(number: number, compression: Compression): string {
  return `part-${String(number).padStart(4, '0')}${extensions[compression]}`;
}

function compress(compression: Compression, text: string): Buffer {
  if (compression === 'gzip') return gzipSync(text, { level: 5 });
  if (compression === 'none') return Buffer.from(text);
  return zstdCompressSync(text, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
}
