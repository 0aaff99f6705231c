import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { loadCore } from './bench-process.ts';
import { type Scenario, userHeader, userName, users } from './scenarios.ts';

const run = promisify(execFile);

/** What wrk counted in one turn. */
export interface LoadResult {
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Anything but an answer below 400. */
  readonly errors: number;
}

export interface Load {
  readonly wrk: string;
  readonly connections: number;
  readonly folder: string;
}

/** Asks for one scenario as fast as it can, on connections that are kept, from one thread on its own core. */
export async function runLoad(
  load: Load,
  scenario: Scenario,
  port: number,
  seconds: number,
): Promise<LoadResult> {
  const script = path.join(load.folder, `${scenario.name}.lua`);
  await writeFile(script, luaScript(scenario));
  const { stdout } = await run('taskset', [
    ...[
      '--cpu-list',
      String(loadCore),
      load.wrk,
      '--threads',
      '1',
      '--connections',
      String(load.connections),
    ],
    ...['--duration', `${seconds}s`, '--timeout', '10s', '--latency', '--script', script],
    `http://127.0.0.1:${port}`,
  ]);
  const line = stdout.split('\n').findLast((text) => text.startsWith('{'));
  if (!line) throw new Error(`wrk counted nothing:\n${stdout}`);
  const counted = JSON.parse(line);
  return {
    requests: counted.requests,
    requestsPerSecond: counted.requests / (counted.durationUs / 1e6),
    p50Ms: counted.p50Us / 1000,
    p99Ms: counted.p99Us / 1000,
    errors: counted.errors,
  };
}

/** One ready-made request a user, in turn: wrk must not spend its core on making them. */
function luaScript({ request: { method, path, headers, body } }: Scenario): string {
  const fields = Object.entries(headers).map(([name, value]) => `headers[${quote(name)}] = ${quote(value)}`);
  const names = Array.from({ length: users }, (_, user) => quote(userName(user)));
  return `local requests, next = {}, 0
function init()
  local headers = {}
  ${fields.join('\n  ')}
  for index, user in ipairs({ ${names.join(', ')} }) do
    headers[${quote(userHeader)}] = user
    requests[index] = wrk.format(${quote(method)}, ${quote(path)}, headers, ${body === undefined ? 'nil' : quote(body)})
  end
end
function request()
  next = next % #requests + 1
  return requests[next]
end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format('{"requests":%d,"durationUs":%d,"p50Us":%d,"p99Us":%d,"errors":%d}\\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    e.connect + e.read + e.write + e.status + e.timeout))
end
`;
}

/** As Lua reads it; what is quoted here is plain ASCII. */
const quote = (text: string) => JSON.stringify(text);
