import type { Clock } from './clock.ts';
import type { LogSink } from './log-sink.ts';

/** What became of one request. Never a query, a body or a header: they have credentials. */
export interface AccessEntry {
  readonly requestId: string;
  readonly traceId?: string | undefined;
  /** None of what could not be read as a request. */
  readonly method?: string | undefined;
  /** The target as it came; what is behind a `?` is left out. */
  readonly target?: string | undefined;
  readonly migration: string;
  readonly route?: string | undefined;
  /** Which side answered, or was asked last. */
  readonly side?: string | undefined;
  readonly upstream?: string | undefined;
  readonly status: number;
  /** None of what was refused at once. */
  readonly durationMs?: number | undefined;
  /** Why the proxy answered by itself. */
  readonly code?: string | undefined;
  /** Of the answer's body, as they were handed to the client's connection. */
  readonly bytes?: number | undefined;
}

/** `failed`: by an upstream's fault or ours; `refused`: before anybody was asked. */
export type AccessKind = 'answered' | 'failed' | 'refused';

export interface AccessLog {
  /**
   * Whether this request gets a line; asked once for each. What failed or was refused always does, within a
   * budget. Making the entry costs more than the question, so it is made only for those.
   */
  wants(kind: AccessKind): boolean;
  write(entry: AccessEntry): void;
}

export const noAccessLog: AccessLog = { wants: () => false, write() {} };

/** Of each kind and process; a flood of failures would say the same over and over, and one kind must not hide the other. */
const LINES_PER_SECOND = 20;
const MAX_PATH_CHARS = 1024;

export interface AccessLogDeps {
  /** 0 to 1. */
  readonly sample: number;
  readonly sink: LogSink;
  readonly clock: Clock;
  readonly random?: () => number;
  /** Makes what looks like a secret in a path unreadable. */
  readonly hideSecrets?: (path: string) => string;
}

/** One JSON line for a sampled part of the requests, in the log's own stream. */
export function createAccessLog(deps: AccessLogDeps): AccessLog {
  const { sample, sink, clock, random = Math.random, hideSecrets = (path: string) => path } = deps;
  const withinBudget = { failed: linesASecond(clock), refused: linesASecond(clock) };
  return {
    wants(kind) {
      if (sample === 0) return false;
      return random() < sample || (kind !== 'answered' && withinBudget[kind]());
    },
    write(entry) {
      const { target } = entry;
      const shown = target === undefined ? entry : { ...entry, target: hideSecrets(pathOf(target)) };
      sink.write(accessLine(shown, clock.now()));
    },
  };
}

function linesASecond(clock: Clock): () => boolean {
  let windowStart = Number.NEGATIVE_INFINITY;
  let linesInWindow = 0;
  return () => {
    const now = clock.monotonic();
    if (now - windowStart >= 1000) {
      windowStart = now;
      linesInWindow = 0;
    }
    return ++linesInWindow <= LINES_PER_SECOND;
  };
}

/** The line of one request, with its line end. */
export function accessLine(entry: AccessEntry, now: number): string {
  const { target, durationMs, migration, ...rest } = entry;
  const line = {
    level: 'info',
    time: new Date(now).toISOString(),
    name: 'access',
    pid: process.pid,
    ...rest,
    path: target && pathOf(target),
    migration: migration || undefined,
    durationMs: durationMs && Math.round(durationMs * 1000) / 1000,
  };
  return `${escapeControls(JSON.stringify(line))}\n`;
}

function pathOf(target: string): string {
  const query = target.indexOf('?');
  return target.slice(0, query < 0 ? MAX_PATH_CHARS : Math.min(query, MAX_PATH_CHARS));
}

/** JSON leaves DEL, the C1 controls and two line ends as they are; terminals and readers of lines do not. */
function escapeControls(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
