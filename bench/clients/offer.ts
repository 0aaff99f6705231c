import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { loadCore } from '../bench-process.ts';
import { scenarios, userHeader, userName, users } from '../scenarios.ts';

const run = promisify(execFile);
const client = path.join(import.meta.dirname, 'constant-rate.ts');

export interface Offered {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly errors: number;
}

/** Sends requests at a constant rate from the load's core; `requests` names a file with them as JSON strings. */
export async function offer(
  port: number,
  rate: number,
  seconds: number,
  connections: number,
  requests: string,
): Promise<Offered> {
  const { stdout } = await run('taskset', [
    ...['--cpu-list', String(loadCore), process.execPath, client],
    ...[port, rate, seconds, connections].map(String),
    requests,
  ]);
  return JSON.parse(stdout) as Offered;
}

/** Those of the `get` scenario, one of each user. */
export function rawRequests(): string[] {
  const { method, path } = scenarios.find(({ name }) => name === 'get')!.request;
  return Array.from(
    { length: users },
    (_, user) => `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${userHeader}: ${userName(user)}\r\n\r\n`,
  );
}
