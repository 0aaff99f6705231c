import path from 'node:path';
import type { Logger } from 'pino';
import type { Clock } from '../telemetry/clock.ts';
import { keepStatus, readKept } from './kept-recordings.ts';
import { pruneRecordings } from './prune-recordings.ts';
import type { RecordingStatus } from './recording-status.ts';

/** Recordings that are remembered; their files are kept by age and size (`pruneRecordings`). */
const maxRemembered = 20;

/** What is known of recordings, those of earlier processes too: kept beside their parts. */
export class RecordingRegister {
  readonly #directory: string;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #known = new Map<string, RecordingStatus>();
  #keeping: Promise<void> = Promise.resolve();

  constructor(deps: { readonly directory: string; readonly clock: Clock; readonly log: Logger }) {
    this.#directory = deps.directory;
    this.#clock = deps.clock;
    this.#log = deps.log;
  }

  async restore(): Promise<void> {
    await this.prune(undefined);
    const kept = await readKept(this.#directory);
    for (const status of kept.slice(-maxRemembered)) this.#known.set(status.id, status);
  }

  /** People's traffic goes by age, also where nobody records any more. */
  async prune(runningId: string | undefined): Promise<void> {
    try {
      for (const id of await pruneRecordings(this.#directory, runningId, this.#clock)) this.#known.delete(id);
    } catch (error) {
      this.#log.warn({ err: error }, 'old recordings not removed');
    }
  }

  add(status: RecordingStatus): void {
    for (const [id, { state }] of this.#known) {
      if (this.#known.size < maxRemembered) break;
      if (state !== 'running') this.#known.delete(id);
    }
    this.#known.set(status.id, status);
  }

  update(id: string, change: (status: RecordingStatus) => Partial<RecordingStatus>): void {
    const status = this.#known.get(id);
    if (status) this.#known.set(id, { ...status, ...change(status) });
  }

  /** Writes its status, one after the other. Without it the recording is there all the same. */
  keep(id: string): Promise<void> {
    this.#keeping = this.#keeping.then(async () => {
      const status = this.#known.get(id);
      if (!status) return;
      await keepStatus(this.folderOf(id), status).catch((error: unknown) =>
        this.#log.warn({ err: error, recording: id }, 'status of a recording not kept'),
      );
    });
    return this.#keeping;
  }

  folderOf(id: string): string {
    return path.join(this.#directory, id);
  }

  /** Newest first. */
  list(): readonly RecordingStatus[] {
    return [...this.#known.values()].reverse();
  }

  status(id: string): RecordingStatus | undefined {
    return this.#known.get(id);
  }

  /** Path of a complete part. */
  partFile(id: string, name: string): string | undefined {
    const part = this.#known.get(id)?.parts.find((one) => one.name === name);
    return part && path.join(this.folderOf(id), part.name);
  }
}
