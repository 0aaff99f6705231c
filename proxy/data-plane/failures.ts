/**
 * Every way in which forwarding can fail, by side and stage, with the status a client sees. The retry
 * rules read `sent` and `answered`; nothing else decides about second tries.
 */
export type FailureCode =
  | 'bad_request'
  | 'method_refused'
  | 'expectation_failed'
  | 'encoding_unknown'
  | 'version_unknown'
  | 'target_too_long'
  | 'headers_too_large'
  | 'client_timeout'
  | 'client_closed'
  | 'upstream_connect'
  | 'upstream_connect_timeout'
  | 'upstream_busy'
  | 'upstream_open'
  | 'upstream_closed'
  | 'upstream_invalid'
  | 'upstream_timeout'
  | 'draining'
  | 'overloaded'
  | 'internal';

export interface Failure {
  readonly code: FailureCode;
  /** For people and logs, e.g. `connect ECONNREFUSED 127.0.0.1:9001`. */
  readonly detail: string;
  /** Whether a byte of the request may have reached the upstream. */
  readonly sent: boolean;
  /** Whether a byte of an answer has come back. */
  readonly answered: boolean;
  /** A kept connection turned out to be dead: that says nothing of how the upstream is now. */
  readonly stale?: boolean;
}

/** Of a request that never reached anybody. */
export function notSent(code: FailureCode, detail: string): Failure {
  return { code, detail, sent: false, answered: false };
}

/** Of one that an open breaker does not admit. */
export function whileOpen(): Failure {
  return notSent('upstream_open', 'it failed too often in a row');
}

interface Meaning {
  readonly side: 'client' | 'upstream' | 'ficus';
  readonly status: number;
  readonly title: string;
}

export const failureMeanings: Readonly<Record<FailureCode, Meaning>> = {
  bad_request: { side: 'client', status: 400, title: 'The request is malformed or ambiguous' },
  method_refused: { side: 'client', status: 405, title: 'The method is not forwarded' },
  expectation_failed: { side: 'client', status: 417, title: 'The expectation cannot be met' },
  encoding_unknown: { side: 'client', status: 501, title: 'The transfer encoding is not known' },
  version_unknown: { side: 'client', status: 505, title: 'The HTTP version is not spoken' },
  target_too_long: { side: 'client', status: 414, title: 'The request line is too long' },
  headers_too_large: { side: 'client', status: 431, title: 'The request head is too large' },
  client_timeout: { side: 'client', status: 408, title: 'The request did not arrive in time' },
  // Never sent: the client is gone; it is what logs and counts say.
  client_closed: { side: 'client', status: 499, title: 'The client closed the connection' },
  upstream_connect: { side: 'upstream', status: 502, title: 'The upstream cannot be reached' },
  upstream_connect_timeout: { side: 'upstream', status: 504, title: 'The upstream did not accept in time' },
  upstream_busy: { side: 'upstream', status: 503, title: 'All connections to the upstream are in use' },
  upstream_open: {
    side: 'upstream',
    status: 503,
    title: 'The upstream is not asked for a while: it kept failing',
  },
  upstream_closed: { side: 'upstream', status: 502, title: 'The upstream closed before it answered' },
  upstream_invalid: { side: 'upstream', status: 502, title: 'The upstream answered with invalid HTTP' },
  upstream_timeout: { side: 'upstream', status: 504, title: 'The upstream did not answer in time' },
  draining: { side: 'ficus', status: 503, title: 'The proxy is stopping' },
  overloaded: { side: 'ficus', status: 503, title: 'The proxy has more to do than it can' },
  internal: { side: 'ficus', status: 500, title: 'The proxy failed' },
};
