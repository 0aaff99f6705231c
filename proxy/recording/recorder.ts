import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import type { RecordedExchange as LiveExchange } from '../shadow/recorded-exchange.ts';
import type { Clock } from '../telemetry/clock.ts';
import { pruneRecordings } from './prune-recordings.ts';
import type {
  RecordedMigration,
  RecorderReport,
  RecorderTask,
  RecorderThreadData,
} from './recorder-messages.ts';
import type { RecordingOrder, RecordingStatus } from './recording-status.ts';
import { defaultWriterLimits } from './recording-writer.ts';
import { keyIdOf } from './redacted.ts';

export interface RecorderDeps {
  /** Folder of the recordings; made when the first one begins. */
  readonly directory: string;
  /** The installation's key: under it, equal secrets stay recognisable as equal. */
  readonly redactionKey: Uint8Array;
  readonly migrations: () => readonly RecordedMigration[];
  /** `shares` says something else now. */
  readonly onShares: () => void;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface Recorder {
  /** Which key hides the secrets in what it writes. */
  readonly keyId: string;
  /** Percent of the requests that are wanted, by migration id; empty while nothing is recorded. */
  shares(): Readonly<Record<string, number>>;
  /** Takes an exchange when a recording runs that wants it. Never waits and never throws. */
  submit(exchange: LiveExchange): void;
  /** Undefined: one is running already. */
  start(order: RecordingOrder): Promise<RecordingStatus | undefined>;
  /** Resolves once the last part is complete; undefined for an unknown one. */
  stop(id: string): Promise<RecordingStatus | undefined>;
  list(): readonly RecordingStatus[];
  status(id: string): RecordingStatus | undefined;
  /** Path of a complete part. */
  partFile(id: string, name: string): string | undefined;
  /** The routes have changed, and with them what is redacted. */
  onRoutes(): void;
  close(): Promise<void>;
}

/** Memory that exchanges on their way to the disk may hold; what is more is dropped and counted. */
const maxHeldBytes = 32 * 1024 * 1024;
const maxHeld = 2000;
/** Recordings that are remembered; their files are kept by age and size (`pruneRecordings`). */
const maxRemembered = 20;
/** For the thread to write what it holds. */
const closeTimeoutMs = 5000;

interface Running {
  readonly id: string;
  readonly order: RecordingOrder;
  readonly wanted: ReadonlySet<string>;
  readonly worker: Worker;
  readonly timer: NodeJS.Timeout;
  readonly ended: PromiseWithResolvers<void>;
  held: number;
  heldBytes: number;
  isClosing: boolean;
}

/** One recording at a time, redacted and written in a thread of its own while it runs; none costs a thing otherwise. */
export function createRecorder(deps: RecorderDeps): Recorder {
  const known = new Map<string, { status: RecordingStatus; directory: string }>();
  let running: Running | undefined;
  const nowIso = () => new Date(deps.clock.now()).toISOString();

  function update(id: string, change: Partial<RecordingStatus>): void {
    const entry = known.get(id);
    if (entry) entry.status = { ...entry.status, ...change };
  }

  function drop(id: string, reason: string): void {
    const dropped = known.get(id)?.status.dropped ?? {};
    update(id, { dropped: { ...dropped, [reason]: (dropped[reason] ?? 0) + 1 } });
  }

  function onReport(recording: Running, report: RecorderReport): void {
    const { id, order } = recording;
    switch (report.kind) {
      case 'taken':
        recording.held--;
        recording.heldBytes -= report.heldBytes;
        if (report.outcome === 'written')
          update(id, { exchanges: (known.get(id)?.status.exchanges ?? 0) + 1 });
        else drop(id, report.outcome);
        update(id, { bytes: report.bytes });
        if (report.bytes >= order.maxBytes) end(recording, 'done', `${order.maxBytes} bytes are reached`);
        return;
      case 'bytes':
        update(id, { bytes: report.bytes });
        return;
      case 'part': {
        const { file, bytes, exchanges } = report.part;
        const parts = [
          ...(known.get(id)?.status.parts ?? []),
          { name: path.basename(file), bytes, exchanges },
        ];
        update(id, { parts });
        return;
      }
      case 'failed':
        deps.log.error({ recording: id, detail: report.detail }, 'recording failed');
        end(recording, 'failed', `it could not be written: ${report.detail}`);
        return;
      case 'closed':
        recording.ended.resolve();
    }
  }

  function end(recording: Running, state: 'done' | 'failed', reason: string): void {
    if (recording.isClosing) return;
    recording.isClosing = true;
    clearTimeout(recording.timer);
    deps.onShares();
    post(recording, { kind: 'close' });
    const force = setTimeout(() => recording.ended.resolve(), closeTimeoutMs);
    void recording.ended.promise.then(async () => {
      clearTimeout(force);
      if (running === recording) running = undefined;
      update(recording.id, { state, reason, endedAt: nowIso() });
      await recording.worker.terminate();
    });
  }

  function post({ worker }: Running, task: RecorderTask, buffers: ArrayBuffer[] = []): void {
    worker.postMessage(task, buffers);
  }

  function startThread(id: string, order: RecordingOrder, directory: string): Running {
    const migrations = [...wantedOf(order)];
    const workerData: RecorderThreadData = {
      redactionKey: deps.redactionKey,
      directory,
      header: {
        ficus: 'recording/1',
        createdAt: nowIso(),
        source: 'record',
        keyId: keyIdOf(deps.redactionKey),
        migrations,
      },
      compression: order.compression,
      limits: { ...defaultWriterLimits, maxPartBytes: order.maxPartBytes },
      maxBytes: order.maxBytes,
      migrations: deps.migrations(),
    };
    const worker = new Worker(new URL('./recorder-thread.ts', import.meta.url), {
      workerData,
      name: 'recorder',
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: 512 },
    });
    const recording: Running = {
      id,
      order,
      wanted: new Set(migrations),
      worker,
      timer: setTimeout(() => end(recording, 'done', 'its time is up'), order.maxSeconds * 1000),
      ended: Promise.withResolvers<void>(),
      held: 0,
      heldBytes: 0,
      isClosing: false,
    };
    recording.timer.unref();
    worker.on('message', (report: RecorderReport) => onReport(recording, report));
    // A thread that dies ends its recording; what it flushed is there.
    worker.on('error', (error) => {
      deps.log.error(
        { recording: id, error: error instanceof Error ? error.name : 'unknown' },
        'recorder failed',
      );
      end(recording, 'failed', 'the recorder failed; the log says more');
      recording.ended.resolve();
    });
    worker.on('exit', () => recording.ended.resolve());
    return recording;
  }

  function wantedOf({ migrations }: RecordingOrder): readonly string[] {
    return migrations.length > 0 ? migrations : deps.migrations().map(({ id }) => id);
  }

  function forgetOldest(): void {
    for (const [id, { status }] of known) {
      if (known.size < maxRemembered) return;
      if (status.state !== 'running') known.delete(id);
    }
  }

  return {
    keyId: keyIdOf(deps.redactionKey),

    shares: () =>
      running && !running.isClosing
        ? Object.fromEntries([...running.wanted].map((id) => [id, running?.order.share ?? 0]))
        : {},

    submit(exchange) {
      const recording = running;
      if (!recording || recording.isClosing || !recording.wanted.has(exchange.migration)) return;
      const heldBytes = bytesOf(exchange);
      if (recording.held >= maxHeld || recording.heldBytes + heldBytes > maxHeldBytes) {
        drop(recording.id, 'queue_full');
        return;
      }
      recording.held++;
      recording.heldBytes += heldBytes;
      const { owned, buffers } = withOwnBodies(exchange);
      post(recording, { kind: 'exchange', exchange: owned, heldBytes }, buffers);
    },

    async start(order) {
      if (running) return undefined;
      const startedAt = nowIso();
      const id = `${startedAt.replace(/[-:]|\.\d+/g, '').toLowerCase()}-${randomBytes(3).toString('hex')}`;
      const directory = path.join(deps.directory, id);
      forgetOldest();
      running = startThread(id, order, directory);
      const status: RecordingStatus = {
        id,
        state: 'running',
        startedAt,
        migrations: [...running.wanted],
        share: order.share,
        exchanges: 0,
        bytes: 0,
        dropped: {},
        parts: [],
      };
      known.set(id, { status, directory });
      deps.onShares();
      await pruneRecordings(deps.directory, id, deps.clock).catch((error: unknown) =>
        deps.log.warn({ err: error }, 'old recordings not removed'),
      );
      return status;
    },

    async stop(id) {
      if (running?.id === id) {
        const recording = running;
        end(recording, 'done', 'it was stopped');
        await recording.ended.promise;
      }
      return known.get(id)?.status;
    },

    list: () => [...known.values()].map(({ status }) => status).reverse(),
    status: (id) => known.get(id)?.status,

    partFile(id, name) {
      const entry = known.get(id);
      const part = entry?.status.parts.find((one) => one.name === name);
      return entry && part && path.join(entry.directory, part.name);
    },

    onRoutes() {
      if (running && !running.isClosing) post(running, { kind: 'migrations', migrations: deps.migrations() });
    },

    async close() {
      if (!running) return;
      const recording = running;
      end(recording, 'done', 'Ficus was stopped');
      await recording.ended.promise;
    },
  };
}

/** Copied once, and moved: what arrives is a view of a larger buffer mostly, and a clone would take along all of that. */
function withOwnBodies(exchange: LiveExchange): {
  readonly owned: LiveExchange;
  readonly buffers: ArrayBuffer[];
} {
  const request = { ...exchange.request, body: new Uint8Array(exchange.request.body) };
  const buffers = [request.body.buffer];
  if (exchange.answer.outcome !== 'complete') return { owned: { ...exchange, request }, buffers };
  const answer = { ...exchange.answer, body: new Uint8Array(exchange.answer.body) };
  return { owned: { ...exchange, request, answer }, buffers: [...buffers, answer.body.buffer] };
}

/** Memory that an exchange holds, roughly: bodies, and two bytes for each character of the heads. */
function bytesOf({ request, answer }: LiveExchange): number {
  const chars = (texts: readonly string[]) => texts.reduce((sum, text) => sum + text.length, 0);
  const own = request.body.byteLength + 2 * (request.target.length + chars(request.headers));
  if (answer.outcome === 'complete') return own + answer.body.byteLength + 2 * chars(answer.headers);
  return answer.outcome === 'hashed' ? own + 2 * chars(answer.headers) : own;
}
