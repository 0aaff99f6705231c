import type { Migration, Upstream } from '../routing/model.ts';
import type { ExchangeCapture } from './capture.ts';
import type { Answer, CapturedRequest, Side } from './pair.ts';

/** What `Ficus-Shadow` says on a copy. */
export type CopyMode = 'compare' | 'dry-run';

/** What was forwarded of the client's head; `lines` each end in CRLF. */
export interface ForwardedHead {
  readonly method: string;
  readonly host: string;
  readonly lines: string;
}

/** Where a copy goes, and its path and query there. */
export interface CopyDestination {
  readonly upstream: Upstream;
  readonly target: string;
}

/** A finished exchange whose copy shall go to the other side. */
export interface ShadowJob extends CopyDestination {
  /** UUID of our own. */
  readonly id: string;
  /** What both upstreams see as X-Request-Id. */
  readonly requestId: string;
  readonly migration: Migration;
  readonly route: string;
  readonly control: Side;
  readonly mode: CopyMode;
  readonly head: ForwardedHead;
  readonly capture: ExchangeCapture;
  readonly controlMs: number;
  /** The monolith, where it was the control of a safe request: it may be asked once more. */
  readonly again: CopyDestination | undefined;
}

export interface SubmittedJob extends ShadowJob {
  /** ISO time. */
  readonly at: string;
}

export interface Copy extends CopyDestination {
  readonly mode: CopyMode;
  readonly head: ForwardedHead;
  readonly request: CapturedRequest;
  /** `as-sent` where the same side gets it that had the client's request. */
  readonly credentials: 'by-upstream' | 'as-sent';
  readonly maxBodyBytes: number;
  /** How long an answer that is too large to keep may be hashed, from the start on; 0: it is not worth it. */
  readonly hashMs: number;
  readonly timeoutMs: number;
}

/** Why a copy never went out. */
export type CopyDropReason =
  /** Of the copies that wait, the oldest gives way. */
  | 'queue_full'
  | 'request_too_large'
  /** The comparer, or the channel to it, takes no more now. */
  | 'comparer_full'
  | 'recorder_full'
  /** The event loop is late, or memory runs short: clients come first. */
  | 'proxy_busy'
  | 'proxy_memory'
  /** Its breaker is open, or requests wait for its connections, or its answers take ever longer. */
  | 'monolith_open'
  | 'monolith_busy'
  | 'monolith_slow'
  | 'service_open'
  | 'service_busy'
  | 'service_slow'
  /** The connections that only copies use: their breaker, or all of them in use. */
  | 'copies_open'
  | 'copies_busy'
  /** While it waited, the share went to nothing, the route left, or the service withdrew its dry run. */
  | 'no_longer_wanted'
  /** The service that the connection leads to does not announce `dryRun: true`. */
  | 'dry_run_refused'
  /** A mistake of our own. */
  | 'failed';

export type CopyResult = Answer | { readonly outcome: 'not-sent'; readonly reason: CopyDropReason };

/** Sends one copy and brings its answer; never rejects. */
export type TransmitCopy = (copy: Copy) => Promise<CopyResult>;
