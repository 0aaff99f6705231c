/**
 * From the start of `ficus up` to its first proxied answer, without an embedded Postgres.
 *   node scripts/start-time.ts [STARTS]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startQuickUpstream, withoutPostgres } from '../test/faults/quick-upstream.ts';
import { closedPort } from '../test/support/scripted-upstream.ts';

const program = path.resolve(import.meta.dirname, '../bin/ficus');
const starts = Number(process.argv[2] ?? 10);

const isAnswered = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const asked = get({ host: '127.0.0.1', port, agent: false }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode === 200));
    });
    asked.on('error', () => resolve(false));
  });

await using upstream = await startQuickUpstream();
const folder = await mkdtemp(path.join(tmpdir(), 'ficus-start-'));
const routes = path.join(folder, 'routes.yaml');
await writeFile(
  routes,
  `upstreams: { monolith: { url: "http://127.0.0.1:${upstream.port}" } }\ndefault: monolith\n`,
);
const times: number[] = [];
// The first start fills the compile cache and is not counted.
for (let start = 0; start <= starts; start++) {
  const port = await closedPort();
  const where = ['--config', routes, '--data-dir', path.join(folder, 'data')];
  const startedAt = performance.now();
  const child = spawn(program, ['up', ...where, '--port', String(port), '--admin-port', '0'], {
    env: { PATH: process.env['PATH'], ...withoutPostgres },
    stdio: 'ignore',
  });
  while (!(await isAnswered(port))) await delay(2);
  if (start > 0) times.push(performance.now() - startedAt);
  // It is stopped when it is up, so that what it has compiled is kept.
  await delay(1500);
  child.kill('SIGTERM');
  await once(child, 'exit');
}
await rm(folder, { recursive: true });
times.sort((a, b) => a - b);
const rounded = times.map((time) => Math.round(time));
console.log(`${rounded.join(' ')} ms; median ${rounded[Math.floor(rounded.length / 2)]} ms`);
