import pino, { type DestinationStream, type Logger } from 'pino';
import { currentRequestIds } from './request-ids.ts';

export type { Logger } from 'pino';

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export type LoggerOptions = { service: string; version: string; level: LogLevel };

/** JSON lines on standard output; each has the request id and trace id of the request it was written for. */
export function createLogger(options: LoggerOptions, destination?: DestinationStream): Logger {
  const { service, version, level } = options;
  const settings = { level, base: { service, version }, mixin: currentRequestIds };
  return destination === undefined ? pino(settings) : pino(settings, destination);
}
