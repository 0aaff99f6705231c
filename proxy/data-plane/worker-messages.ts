import type { Pair } from '../shadow/pair.ts';
import type { ListenerOptions, ListenerTls } from './client-server.ts';
import type { ControlSnapshot } from './snapshot.ts';
import type { TrafficReport } from './traffic-counts.ts';

/** From the supervisor to a worker. */
export type ToWorker =
  | {
      readonly type: 'start';
      readonly host: string;
      readonly port: number;
      readonly listener: ListenerOptions;
      readonly debugHeaders: boolean;
      readonly logLevel: string;
      readonly snapshot: ControlSnapshot;
    }
  | { readonly type: 'snapshot'; readonly snapshot: ControlSnapshot }
  | { readonly type: 'tls'; readonly tls: ListenerTls }
  | { readonly type: 'stop'; readonly graceMs: number };

/** From a worker to the supervisor. */
export type FromWorker =
  | { readonly type: 'listening'; readonly port: number }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'applied'; readonly revision: number }
  | { readonly type: 'report'; readonly report: TrafficReport }
  | { readonly type: 'pair'; readonly pair: Pair };
