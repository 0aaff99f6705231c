import pino, { type Logger } from 'pino';

/** JSON lines on stdout. Control characters in values are escaped by JSON itself. */
export function createLogger(options: { readonly level: string; readonly name: string }): Logger {
  return pino({
    level: options.level,
    base: { name: options.name, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });
}
