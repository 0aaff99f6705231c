import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProgress, duration } from '../../cli/progress.ts';

function streamOf(isTTY: boolean, columns = 40) {
  const written: string[] = [];
  return { written, isTTY, columns, write: (text: string) => written.push(text) > 0 };
}

test('on a terminal one line is written over, never wider than it is, and taken away at the end', () => {
  const stream = streamOf(true);
  const progress = createProgress(stream);
  progress.show(0.5, `500 of 1,000${'x'.repeat(100)}`);
  progress.end();
  const [line = '', end] = stream.written;
  assert.ok(line.startsWith('\r\x1b[2K[████████████░░░░░░░░░░░░] 50%'), line);
  assert.equal(line.replace('\r\x1b[2K', '').length, 39);
  assert.equal(end, '\r\x1b[2K');
});

test('elsewhere there is a plain line every five seconds', () => {
  const stream = streamOf(false);
  let now = 0;
  const progress = createProgress(stream, () => now);
  for (now = 0; now <= 11_000; now += 250) progress.show(now / 20_000, 'done');
  progress.end();
  assert.deepEqual(stream.written, ['25%  done\n', '50%  done\n']);
});

test('times are told as people do', () => {
  assert.deepEqual([800, 8_000, 59_600, 125_000, 12_000_000].map(duration), [
    '0.8 s',
    '8 s',
    '1 min 0 s',
    '2 min 5 s',
    '3 h 20 min',
  ]);
});
