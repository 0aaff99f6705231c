import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';

const root = path.resolve(import.meta.dirname, '../..');

test('the tour: a catalog goes all the way to the service and back, on real parts', {
  timeout: 420_000,
}, async () => {
  const tour = spawn(process.execPath, ['scripts/tour.ts'], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, errors, [exitCode]] = await Promise.all([
    text(tour.stdout),
    text(tour.stderr),
    once(tour, 'close') as Promise<[number | null]>,
  ]);
  assert.equal(exitCode, 0, `${output}\n${errors}`);
  assert.match(output, /All of it happened/);
});
