import type { ShadowBatch } from '../shadow/pair-outbox.ts';
import type { ListenerOptions, ListenerTls } from './client-server.ts';
import type { ControlSnapshot } from './snapshot.ts';
import type { TrafficReport } from './traffic-counts.ts';

/** What a worker is told once and never again. */
export interface WorkerSettings {
  readonly debugHeaders: boolean;
  readonly logLevel: string;
  /** Part of the requests, 0 to 1, that get a line in the access log. */
  readonly accessLogSample: number;
  /** What heap and buffers of one worker may take up together before it refuses requests. */
  readonly maxMemoryBytes: number;
}

/** A snapshot without what the worker has already. */
export type SnapshotChange = Omit<ControlSnapshot, 'routing' | 'features'> &
  Partial<Pick<ControlSnapshot, 'routing' | 'features'>>;

/** From the supervisor to a worker. */
export type ToWorker =
  | {
      readonly type: 'start';
      readonly host: string;
      readonly port: number;
      readonly listener: ListenerOptions;
      readonly settings: WorkerSettings;
      readonly snapshot: ControlSnapshot;
    }
  | { readonly type: 'snapshot'; readonly change: SnapshotChange }
  | { readonly type: 'tls'; readonly tls: ListenerTls }
  | { readonly type: 'stop'; readonly drainMs: number; readonly graceMs: number }
  /** The end at once: says what is broken off. */
  | { readonly type: 'abort' };

/** What a worker says of itself next to what it counted. */
export interface WorkerHealth {
  readonly droppedLogLines: number;
  readonly shedding: 'memory' | 'event-loop' | undefined;
}

/** From a worker to the supervisor. */
export type FromWorker =
  | { readonly type: 'listening'; readonly port: number }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'applied'; readonly revision: number }
  /** The snapshot can't be compiled; the one before it stays. */
  | { readonly type: 'refused'; readonly revision: number; readonly message: string }
  /** A service fails whatever it is asked: this worker asks the monolith in its place. */
  | {
      readonly type: 'service-failing';
      readonly migration: string;
      readonly failures: number;
      readonly withinMs: number;
    }
  | { readonly type: 'report'; readonly report: TrafficReport; readonly health: WorkerHealth }
  | { readonly type: 'shadow'; readonly batch: ShadowBatch };
