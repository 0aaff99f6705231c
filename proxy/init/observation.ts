/** One request that the monolith has answered. */
export interface Observation {
  readonly method: string;
  /** Without query, as it was sent. */
  readonly path: string;
  readonly status: number;
  readonly durationMs?: number | undefined;
}

/** Path of a request target, which may be a whole URL (RFC 9112, section 3.2.2); undefined for `*` and the like. */
export function pathOfTarget(target: string): string | undefined {
  const path = /^https?:\/\//i.test(target) ? target.replace(/^https?:\/\/[^/?#]*/i, '') || '/' : target;
  const end = path.search(/[?#]/);
  const alone = end < 0 ? path : path.slice(0, end);
  return alone.startsWith('/') ? alone : undefined;
}
