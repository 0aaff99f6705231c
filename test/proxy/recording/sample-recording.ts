import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { noNotes, type ReadingNotes, readRecordings } from '../../../proxy/recording/read-recording.ts';
import type { RecordedExchange, RecordingHeader } from '../../../proxy/recording/schema.ts';
import type { RecordedExchange as LiveExchange } from '../../../proxy/shadow/recorded-exchange.ts';
import { bytes, jsonAnswer } from '../shadow/sample-pair.ts';

export const header: RecordingHeader = {
  ficus: 'recording/1',
  createdAt: '2026-11-24T10:00:00.000Z',
  source: 'record',
  migrations: ['catalog'],
};

/** `number` seconds after the header's time. */
export function sampleExchange(number: number, rest: Partial<RecordedExchange> = {}): RecordedExchange {
  return {
    id: `exchange-${number}`,
    at: new Date(Date.parse(header.createdAt) + number * 1000).toISOString(),
    migration: 'catalog',
    route: 'GET /api/products/{productId}',
    request: { method: 'GET', target: `/api/products/${number}`, headers: ['Host', 'shop.test'] },
    control: 'monolith',
    answer: {
      status: 200,
      headers: ['Content-Type', 'application/json'],
      body: { text: JSON.stringify({ id: number, price: 2.36 }) },
    },
    ...rest,
  };
}

export function liveExchange(rest: Partial<LiveExchange> = {}): LiveExchange {
  return {
    id: '5bd6ad3c-9d55-4b5e-8f0f-3c9b1f1e7a10',
    migration: 'catalog',
    route: 'GET /api/products',
    at: '2026-11-24T10:00:00.000Z',
    control: 'monolith',
    request: { method: 'GET', target: '/api/products', headers: ['Host', 'shop.test'], body: bytes('') },
    answer: jsonAnswer({ price: 2.36 }),
    ...rest,
  };
}

export function recordingText(exchanges: readonly RecordedExchange[], first: object = header): string {
  return [first, ...exchanges].map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** A folder for as long as `use` takes. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'ficus-recording-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function fileWith(folder: string, name: string, content: string | Uint8Array): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, content);
  return file;
}

export async function readAll(
  ...files: string[]
): Promise<{ exchanges: RecordedExchange[]; notes: ReadingNotes }> {
  const notes = noNotes();
  const exchanges: RecordedExchange[] = [];
  for await (const exchange of readRecordings(files, notes)) exchanges.push(exchange);
  return { exchanges, notes };
}
