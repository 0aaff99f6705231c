import { fstatSync, write, writeSync } from 'node:fs';
import { Socket } from 'node:net';

/** More than this waits for nobody: what comes then is dropped and counted. */
const MAX_PENDING_BYTES = 1024 * 1024;

/** Where log lines go. Writing returns at once, whatever becomes of the line. */
export interface LogSink {
  write(line: string): void;
  /** Lines dropped since the last call. */
  takeDropped(): number;
}

interface Target {
  /** Writes what it can without waiting; `done` says whether all of it was taken. */
  write(bytes: Buffer, done: (written: boolean) => void): void;
}

/**
 * Lines for a file descriptor that nobody waits for. Node writes to a pipe so that a reader that stands still
 * stops the whole process, and so does a full disk for long enough; here the pipe is switched to non-blocking,
 * one write is under way at a time, and what it holds up is bounded.
 */
export function createLogSink(
  fd: number,
  { maxPendingBytes = MAX_PENDING_BYTES, target = targetOf(fd) } = {},
): LogSink {
  let pending: string[] = [];
  let pendingBytes = 0;
  let dropped = 0;
  let underWay: number | undefined;

  const next = (): void => {
    const lines = pending;
    underWay = lines.length;
    pending = [];
    pendingBytes = 0;
    target.write(Buffer.from(lines.join('')), (written) => {
      if (!written) dropped += lines.length;
      underWay = undefined;
      if (pending.length > 0) next();
    });
  };
  process.on('exit', () => {
    // The last words; behind a write that is stuck they would not be read either.
    if (pending.length === 0 || underWay !== undefined) return;
    try {
      writeSync(fd, pending.join(''));
    } catch {
      // Nobody reads.
    }
  });
  return {
    write(line) {
      if (pendingBytes + line.length > maxPendingBytes) {
        dropped++;
        return;
      }
      pending.push(line);
      pendingBytes += line.length;
      if (underWay === undefined) next();
    },
    takeDropped() {
      const count = dropped;
      dropped = 0;
      return count;
    },
  };
}

function targetOf(fd: number): Target {
  const stats = fstatSync(fd);
  return stats.isFIFO() || stats.isSocket() ? pipeTarget(fd) : fileTarget(fd);
}

function pipeTarget(fd: number): Target {
  const socket = new Socket({ fd, readable: false, writable: true });
  // A reader that is gone: every write says so by itself.
  socket.on('error', () => {});
  // Lines that nobody reads must not keep the process alive.
  socket.unref();
  return { write: (bytes, done) => void socket.write(bytes, (error) => done(!error)) };
}

function fileTarget(fd: number): Target {
  const target: Target = {
    write(bytes, done) {
      write(fd, bytes, 0, bytes.length, null, (error, written) => {
        if (error || written === 0) done(false);
        else if (written < bytes.length) target.write(bytes.subarray(written), done);
        else done(true);
      });
    },
  };
  return target;
}
