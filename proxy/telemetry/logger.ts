import pino, { type Logger } from 'pino';
import { createLogSink, type LogSink } from './log-sink.ts';

const STDOUT = 1;

let stdoutSink: LogSink | undefined;

/** The one sink of this process: two that write to one descriptor would mix their lines. */
export function stdoutLogSink(): LogSink {
  stdoutSink ??= createLogSink(STDOUT);
  return stdoutSink;
}

/** JSON lines on stdout, which nobody waits for. Control characters in values are escaped by JSON itself. */
export function createLogger(options: { readonly level: string; readonly name: string }): Logger {
  return pino(
    {
      level: options.level,
      base: { name: options.name, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    stdoutLogSink(),
  );
}
