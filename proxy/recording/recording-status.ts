import type { Compression } from './recording-writer.ts';

export interface RecordingOrder {
  /** Ids; empty: every migration. */
  readonly migrations: readonly string[];
  /** Percent of the exchanges. */
  readonly share: number;
  readonly maxSeconds: number;
  /** Of all parts together, as they are on the disk. */
  readonly maxBytes: number;
  /** A part ends at this size. */
  readonly maxPartBytes: number;
  readonly compression: Compression;
}

/** A recording as the admin API tells of it. */
export interface RecordingStatus {
  readonly id: string;
  readonly state: 'running' | 'done' | 'failed';
  readonly startedAt: string;
  readonly endedAt?: string;
  /** Why it ended: asked to, time is up, `maxBytes` reached, or what the disk said. */
  readonly reason?: string;
  readonly migrations: readonly string[];
  readonly share: number;
  readonly exchanges: number;
  readonly bytes: number;
  /** Exchanges that were left out, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Complete files, each readable by itself. */
  readonly parts: readonly { readonly name: string; readonly bytes: number; readonly exchanges: number }[];
}
