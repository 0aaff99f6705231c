/**
 * Compiles what `ficus up` loads into NODE_COMPILE_CACHE. For images: they are read-only once they run, and without
 * it each start of theirs would compile everything anew.
 */
import { readdirSync } from 'node:fs';
import { flushCompileCache } from 'node:module';

const programs = [
  'cli/run-command-line.ts',
  'proxy/settings.ts',
  'proxy/data-plane/prepare-workers.ts',
  'proxy/start-traffic.ts',
  'proxy/app.ts',
  'proxy/data-plane/worker.ts',
];
for (const program of programs) await import(new URL(`../${program}`, import.meta.url).href);
flushCompileCache();
const folder = process.env['NODE_COMPILE_CACHE'];
if (!folder || readdirSync(folder).length === 0) {
  console.error('NODE_COMPILE_CACHE must name a folder that can be written to');
  process.exit(1);
}
// What was loaded waits for work.
process.exit(0);
