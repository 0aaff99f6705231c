import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { askOnce } from '../support/raw-client.ts';
import { RunningFicus } from '../support/running-ficus.ts';
import { SteadyLoad } from '../support/steady-load.ts';
import { startQuickUpstream, withoutPostgres } from './quick-upstream.ts';

const routes = (port: number) =>
  `upstreams: { monolith: { url: "http://127.0.0.1:${port}" } }\ndefault: monolith\n`;

async function droppedLines(ficus: RunningFicus): Promise<number> {
  const metrics = await (await fetch(`${ficus.adminUrl}/metrics`)).text();
  return Number(/^ficus_log_lines_dropped_total (\d+)/m.exec(metrics)?.[1] ?? 0);
}

test('a reader of the log that stands still stalls no request; what it misses is dropped, counted and said', async (t) => {
  await using upstream = await startQuickUpstream();
  const ficus = await RunningFicus.start(routes(upstream.port), {
    ...withoutPostgres,
    FICUS_ACCESS_LOG_SAMPLE: '100',
  });
  t.after(() => ficus.remove());
  ficus.readOutput(false);
  // Long paths fill the pipe and the megabyte behind it soon.
  const path = `/${'a'.repeat(1000)}`;
  const load = new SteadyLoad({ port: ficus.port, requestsPerSecond: 600, path });
  await ficus.until('lines are dropped', async () => (await droppedLines(ficus)) > 0);
  await load.stop();
  assert.deepEqual(load.failed, []);
  ficus.readOutput(true);
  await ficus.until('the log says so', async () => ficus.output.includes('log lines were dropped'));
  assert.equal(
    (await askOnce(ficus.port, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')).status,
    200,
  );
  assert.equal(await ficus.stop(), 0);
});

/** A process that logs a line, then says on stderr how many were dropped. */
const program = `
  const { createLogger, stdoutLogSink } = await import(process.argv[1]);
  const log = createLogger({ level: 'info', name: 'test' });
  for (let i = 0; i < 3; i++) {
    log.info('a line');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  process.stderr.write(String(stdoutLogSink().takeDropped()));
`;

async function dropped(stdout: number | 'pipe', end?: (child: ReturnType<typeof spawn>) => void) {
  const logger = fileURLToPath(new URL('../../proxy/telemetry/logger.ts', import.meta.url));
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program, logger], {
    stdio: ['ignore', stdout, 'pipe'],
  });
  end?.(child);
  let text = '';
  for await (const chunk of child.stderr!) text += chunk;
  return text;
}

test('a full disk costs the lines and nothing else', async () => {
  const full = openSync('/dev/full', 'w');
  assert.equal(await dropped(full), '3');
  closeSync(full);
});

test('a reader that is gone costs the lines and nothing else', async () => {
  assert.equal(await dropped('pipe', (child) => child.stdout!.destroy()), '3');
});
