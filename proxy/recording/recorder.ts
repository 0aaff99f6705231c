import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import type { RecordedExchange as LiveExchange } from '../shadow/recorded-exchange.ts';
import type { Clock } from '../telemetry/clock.ts';
import { bytesOf, withOwnBodies } from './own-bodies.ts';
import type {
  RecordedMigration,
  RecorderReport,
  RecorderTask,
  RecorderThreadData,
} from './recorder-messages.ts';
import { RecordingRegister } from './recording-register.ts';
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
  /** An exchange is not in the recording that wanted it. */
  readonly onDropped: (migration: string, reason: string) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface Recorder {
  /** Which key hides the secrets in what it writes. */
  readonly keyId: string;
  /** Resolves once what earlier processes recorded is known. */
  readonly restored: Promise<void>;
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
/** How often old recordings are looked for. */
const pruneEveryMs = 3_600_000;
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
  /** Resolves once it is over and its status kept; undefined while it runs. */
  closing: Promise<void> | undefined;
}

/** One recording at a time, redacted and written in a thread of its own while it runs; none costs a thing otherwise. */
export function createRecorder(deps: RecorderDeps): Recorder {
  const register = new RecordingRegister(deps);
  const restored = register
    .restore()
    .catch((error: unknown) => deps.log.warn({ err: error }, 'earlier recordings can not be listed'));
  const pruning = setInterval(() => void register.prune(running?.id), pruneEveryMs);
  pruning.unref();
  let running: Running | undefined;
  const nowIso = () => new Date(deps.clock.now()).toISOString();

  function drop(id: string, migration: string, reason: string): void {
    deps.onDropped(migration, reason);
    register.update(id, ({ dropped }) => ({ dropped: { ...dropped, [reason]: (dropped[reason] ?? 0) + 1 } }));
  }

  function onReport(recording: Running, report: RecorderReport): void {
    const { id, order } = recording;
    switch (report.kind) {
      case 'taken':
        recording.held--;
        recording.heldBytes -= report.heldBytes;
        if (report.outcome === 'written')
          register.update(id, ({ exchanges }) => ({ exchanges: exchanges + 1 }));
        else drop(id, report.migration, report.outcome);
        register.update(id, () => ({ bytes: report.bytes }));
        if (report.bytes >= order.maxBytes) end(recording, 'done', `${order.maxBytes} bytes are reached`);
        return;
      case 'bytes':
        register.update(id, () => ({ bytes: report.bytes }));
        return;
      case 'part': {
        const { file, bytes, exchanges } = report.part;
        const part = { name: path.basename(file), bytes, exchanges };
        register.update(id, ({ parts }) => ({ parts: [...parts, part] }));
        void register.keep(id);
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
    if (recording.closing) return;
    clearTimeout(recording.timer);
    const force = setTimeout(() => recording.ended.resolve(), closeTimeoutMs);
    recording.closing = recording.ended.promise.then(async () => {
      clearTimeout(force);
      if (running === recording) running = undefined;
      register.update(recording.id, () => ({ state, reason, endedAt: nowIso() }));
      await Promise.all([register.keep(recording.id), recording.worker.terminate()]);
    });
    deps.onShares();
    post(recording, { kind: 'close' });
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
      closing: undefined,
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

  return {
    keyId: keyIdOf(deps.redactionKey),
    restored,

    shares: () =>
      running && !running.closing
        ? Object.fromEntries([...running.wanted].map((id) => [id, running?.order.share ?? 0]))
        : {},

    submit(exchange) {
      const recording = running;
      if (!recording || recording.closing || !recording.wanted.has(exchange.migration)) return;
      const heldBytes = bytesOf(exchange);
      if (recording.held >= maxHeld || recording.heldBytes + heldBytes > maxHeldBytes) {
        drop(recording.id, exchange.migration, 'queue_full');
        return;
      }
      recording.held++;
      recording.heldBytes += heldBytes;
      const { owned, buffers } = withOwnBodies(exchange);
      post(recording, { kind: 'exchange', exchange: owned, heldBytes }, buffers);
    },

    async start(order) {
      await restored;
      if (running) return undefined;
      const startedAt = nowIso();
      const id = `${startedAt.replace(/[-:]|\.\d+/g, '').toLowerCase()}-${randomBytes(3).toString('hex')}`;
      running = startThread(id, order, register.folderOf(id));
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
      register.add(status);
      deps.onShares();
      await register.keep(id);
      await register.prune(id);
      return status;
    },

    async stop(id) {
      if (running?.id === id) {
        const recording = running;
        end(recording, 'done', 'it was stopped');
        await recording.closing;
      }
      return register.status(id);
    },

    list: () => register.list(),
    status: (id) => register.status(id),
    partFile: (id, name) => register.partFile(id, name),

    onRoutes() {
      if (running && !running.closing) post(running, { kind: 'migrations', migrations: deps.migrations() });
    },

    async close() {
      clearInterval(pruning);
      if (!running) return;
      const recording = running;
      end(recording, 'done', 'Ficus was stopped');
      await recording.closing;
    },
  };
}
