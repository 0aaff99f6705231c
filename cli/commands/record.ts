import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { RecordingList, RecordingStatus, RecordOrder } from '../../proxy/admin/api-types.ts';
import { type AdminClient, allPages } from '../admin-client.ts';
import { bytesText, parseBytes, parseDuration } from '../amount-options.ts';
import { defineCommand, type Outcome } from '../command.ts';
import { UsageError } from '../failures.ts';
import { count, counted, localTime } from '../format.ts';
import { inert } from '../inert.ts';
import type { Paint } from '../paint.ts';
import { parsePercent } from '../percent-option.ts';
import { createProgress, duration, type Progress } from '../progress.ts';
import { notSaved, saveStream } from '../save-stream.ts';
import { renderTable } from '../table.ts';

const askEveryMs = 500;
const formats = ['gzip', 'zstd', 'none'] as const;

export const record = defineCommand({
  name: 'record',
  usage: 'record [ID…] --out DIR [--share SHARE] [--for TIME] | --list | --stop RECORDING [--out DIR]',
  operands: [{ name: 'ID…', required: false, repeated: true, text: 'migrations; without any, all of them' }],
  options: {
    out: { type: 'string', value: 'DIR', text: 'folder for the files' },
    share: { type: 'string', value: 'SHARE', text: 'of the exchanges, such as 10% (100%)' },
    for: { type: 'string', value: 'TIME', text: 'such as 30s, 10m, 2h; Ctrl-C ends it earlier (1h)' },
    'max-bytes': { type: 'string', value: 'SIZE', text: 'of all files together, such as 500m (1g)' },
    'part-bytes': { type: 'string', value: 'SIZE', text: 'of one file, after which the next begins (64m)' },
    format: { type: 'string', value: 'FORMAT', choices: formats, text: 'gzip, zstd or none (gzip)' },
    reason: { type: 'string', value: 'TEXT', text: 'for the audit' },
    list: { type: 'boolean', text: 'what was recorded, the newest first' },
    stop: { type: 'string', value: 'RECORDING', text: 'end one that was left running' },
  },
  asksAdmin: true,
  examples: ['ficus record catalog --out recordings/ --share 10% --for 10m', 'ficus record --list'],

  async run({ operands, values, admin, width, paint }) {
    const migrations = operands.filter((id) => id !== undefined);
    if (values.list) {
      const list = await allPages<RecordingList>(admin(), '/api/recordings', 'recordings');
      return listOf(list, { width, paint });
    }
    const { out, stop } = values;
    if (stop !== undefined) return stopped(admin(), stop, out);
    if (!out) throw new UsageError('record needs --out, such as --out recordings/');
    const order = orderOf(migrations, values);
    const client = admin();
    await mkdir(out, { recursive: true }).catch((error) => {
      throw notSaved(out, error);
    });
    const started = await client.post<RecordingStatus>('/api/recordings', order);
    return follow(client, started, out, order.maxSeconds ?? 3600);
  },
});

interface RecordValues {
  readonly share?: string;
  readonly for?: string;
  readonly 'max-bytes'?: string;
  readonly 'part-bytes'?: string;
  readonly format?: (typeof formats)[number];
  readonly reason?: string;
}

function orderOf(migrations: readonly string[], values: RecordValues): RecordOrder {
  const { share, format, reason } = values;
  const percent = share === undefined ? undefined : parsePercent('share', share);
  if (percent === 0) throw new UsageError('--share 0% records nothing');
  const [maxBytes, partBytes] = [values['max-bytes'], values['part-bytes']];
  return {
    migrations,
    ...(percent !== undefined && { share: percent }),
    ...(values.for !== undefined && { maxSeconds: parseDuration('for', values.for) }),
    ...(maxBytes !== undefined && { maxBytes: parseBytes('max-bytes', maxBytes) }),
    ...(partBytes !== undefined && { maxPartBytes: parseBytes('part-bytes', partBytes) }),
    ...(format !== undefined && { compression: format }),
    ...(reason && { reason }),
  };
}

/** Fetches each part as soon as it is complete; Ctrl-C ends the recording, and what it has is fetched. */
async function follow(
  client: AdminClient,
  started: RecordingStatus,
  out: string,
  maxSeconds: number,
): Promise<Outcome> {
  const progress = createProgress(process.stderr);
  const { interrupted, forget } = onInterrupt();
  const fetched = new Set<string>();
  let status = started;
  try {
    for (;;) {
      await fetchParts(client, status, out, fetched);
      if (status.state !== 'running') break;
      showProgress(progress, status, maxSeconds);
      const isInterrupted = await Promise.race([interrupted, pause()]);
      status = isInterrupted ? await stop(client, status.id) : await get(client, status.id);
    }
  } catch (error) {
    // Such as a full disk here: a recording that nobody fetches is not left running.
    await stop(client, status.id).catch(() => {});
    throw error;
  } finally {
    forget();
    progress.end();
  }
  return summary(status, out);
}

const recordingPath = (id: string, rest = '') => `/api/recordings/${encodeURIComponent(id)}${rest}`;
const get = (client: AdminClient, id: string) => client.get<RecordingStatus>(recordingPath(id));
const stop = (client: AdminClient, id: string) =>
  client.post<RecordingStatus>(recordingPath(id, '/stop'), {});

async function fetchParts(
  client: AdminClient,
  { id, parts }: RecordingStatus,
  out: string,
  fetched: Set<string>,
): Promise<void> {
  for (const { name } of parts) {
    if (fetched.has(name)) continue;
    // The name comes from the network, and becomes one of a file.
    const file = path.join(out, `${path.basename(id)}-${path.basename(name)}`);
    await saveStream(await client.read(recordingPath(id, `/parts/${encodeURIComponent(name)}`)), file);
    fetched.add(name);
  }
}

function onInterrupt(): { readonly interrupted: Promise<true>; forget(): void } {
  const { promise, resolve } = Promise.withResolvers<true>();
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const onSignal = () => resolve(true);
  for (const signal of signals) process.on(signal, onSignal);
  return {
    interrupted: promise,
    forget() {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}

const pause = () => new Promise<false>((resolve) => setTimeout(resolve, askEveryMs, false));

function showProgress(progress: Progress, status: RecordingStatus, maxSeconds: number): void {
  const elapsedMs = Date.now() - Date.parse(status.startedAt);
  const left = duration(Math.max(0, maxSeconds * 1000 - elapsedMs));
  const text = `${counted(status.exchanges, 'exchange')}, ${bytesText(status.bytes)}, ${left} left; Ctrl-C ends it`;
  progress.show(Math.min(elapsedMs / (maxSeconds * 1000), 1), text);
}

async function stopped(client: AdminClient, id: string, out: string | undefined): Promise<Outcome> {
  const status = await stop(client, id);
  if (!out) return summary(status, undefined);
  await mkdir(out, { recursive: true }).catch((error) => {
    throw notSaved(out, error);
  });
  await fetchParts(client, status, out, new Set());
  return summary(status, out);
}

function summary(status: RecordingStatus, out: string | undefined): Outcome {
  const { id, exchanges, bytes, parts, dropped, state, reason = 'it was stopped' } = inert(status);
  const what = `${counted(exchanges, 'exchange')}, ${bytesText(bytes)} in ${counted(parts.length, 'file')}`;
  const where = out === undefined ? '' : ` in ${out}`;
  const drops = Object.entries(dropped).map(([why, number]) => `${why} ${count(number)}`);
  return {
    json: { ...status, ...(out !== undefined && { out }) },
    text: `${id}: ${what}${where}; ${reason}.`,
    warnings: [
      ...(drops.length > 0 ? [`left out: ${drops.join(', ')}`] : []),
      ...(exchanges === 0 && state === 'done' ? [nothingRecorded] : []),
    ],
    failures: state === 'failed' ? [`the recording failed: ${reason}`] : [],
  };
}

const nothingRecorded =
  'nothing was recorded: no request came, or only requests of routes with `shadow: never`, as unsafe ones are by default';

function listOf(
  list: RecordingList,
  terminal: { readonly width: number | undefined; readonly paint: Paint },
): Outcome {
  const { recordings } = inert(list);
  const text = renderTable<RecordingStatus>(
    [
      { title: 'RECORDING', cell: ({ id }) => id },
      { title: 'STATE', cell: ({ state }) => state },
      { title: 'STARTED', cell: ({ startedAt }) => localTime(startedAt) },
      { title: 'EXCHANGES', align: 'right', cell: ({ exchanges }) => count(exchanges) },
      { title: 'SIZE', align: 'right', cell: ({ bytes }) => bytesText(bytes) },
      { title: 'FILES', align: 'right', cell: ({ parts }) => count(parts.length) },
      { title: 'MIGRATIONS', wrapTo: 12, cell: ({ migrations }) => migrations.join(', ') },
    ],
    recordings,
    terminal,
  );
  return {
    json: list,
    text: recordings.length === 0 ? 'Nothing was recorded, or it was removed by age.' : text,
  };
}
