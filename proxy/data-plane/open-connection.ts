import type { Socket } from 'node:net';
import type { TrustedProxies } from './trusted-proxies.ts';

/** What a listener asks of a client's connection, whatever protocol it speaks. */
export interface OpenConnection {
  readonly socket: Socket;
  /** Monotonic ms after which `expire` is called. */
  readonly deadline: number;
  expire(): void;
  /** The listener stops: the client is told not to begin anything new here. */
  letGo(): void;
  /** Ends now what is idle, the others after their answers. */
  closeWhenAnswered(): void;
}

/** What every connection asks of its listener. */
export interface ConnectionOwner {
  readonly trustedProxies: TrustedProxies;
  readonly maxHeadBytes: number;
  readonly headTimeoutMs: number;
  readonly idleTimeoutMs: number;
  /** Monotonic ms, a little stale: for deadlines only. */
  coarseNow(): number;
  onClosed(connection: OpenConnection): void;
}
