import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { FailedError } from '../../cli/failures.ts';
import { watch } from '../../cli/watch.ts';
import { draw } from '../../cli/watch-screen.ts';

const plain = (_style: string, text: string) => text;

/** A terminal as far as `watch` knows it: what was written, keys to press, a size to change. */
function fakeTerminal(columns = 60, rows = 10) {
  const stdout = Object.assign(new PassThrough({ encoding: 'utf8' }), { columns, rows, isTTY: true });
  let written = '';
  stdout.on('data', (text) => {
    written += text;
  });
  const modes: boolean[] = [];
  const setRawMode = (mode: boolean) => modes.push(mode);
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode });
  return {
    modes,
    stdout: stdout as unknown as NodeJS.WriteStream,
    stdin: stdin as unknown as NodeJS.ReadStream,
    press: (key: string) => stdin.write(key),
    resize(to: number) {
      stdout.columns = to;
      stdout.emit('resize');
    },
    written: () => written,
  };
}

test('on a screen it is drawn anew at a key and with another width, and q gives the screen back with the last look', async () => {
  const terminal = fakeTerminal();
  const { stdin, stdout } = terminal;
  const widths: (number | undefined)[] = [];
  async function look(columns: number | undefined): Promise<string> {
    widths.push(columns);
    // Each answer brings on the next thing that somebody does.
    if (widths.length === 1) setImmediate(() => terminal.press(' '));
    if (widths.length === 2) setImmediate(() => terminal.resize(40));
    if (widths.length === 3) setImmediate(() => terminal.press('q'));
    return `look ${widths.length}`;
  }
  await watch({ look, stdin, stdout, onScreen: true, paint: plain, everyMs: 3_600_000 });
  assert.deepEqual(widths, [60, 60, 40]);
  assert.deepEqual(terminal.modes, [true, false]);
  const text = terminal.written();
  assert.ok(text.startsWith('\x1b[?1049h\x1b[?25l'));
  assert.ok(text.endsWith('\x1b[?25h\x1b[?1049llook 3\n'));
  // Written over, not wiped: that would flicker.
  assert.ok(!text.includes('\x1b[2J'));
});

test('while nobody answers it says so above what was seen last', async () => {
  const terminal = fakeTerminal();
  const { stdin, stdout } = terminal;
  let looks = 0;
  async function look(): Promise<string> {
    looks++;
    if (looks === 1) setImmediate(() => terminal.press(' '));
    if (looks === 1) return 'catalog  canary';
    setImmediate(() => terminal.press('\x03'));
    throw new FailedError('no Ficus answers', { document: {} });
  }
  await watch({ look, stdin, stdout, onScreen: true, paint: plain, everyMs: 3_600_000 });
  assert.match(stripVTControlCharacters(terminal.written()), /no Ficus answers\n\ncatalog {2}canary/);
});

test('what is higher than the screen ends in how much is left out', () => {
  const written: string[] = [];
  const screen = { rows: 5, columns: 20, write: (text: string) => written.push(text) > 0 };
  draw(screen, ['a', 'b', 'c', 'd', 'e'].join('\n'), 'at the foot of it all', plain);
  assert.equal(stripVTControlCharacters(written.join('')), 'a\nb\n… 3 more lines\n\nat the foot of it al');
});

test('elsewhere each look follows the one before, until a signal', async () => {
  const terminal = fakeTerminal();
  const { stdin, stdout } = terminal;
  let looks = 0;
  async function look(): Promise<string> {
    if (++looks === 3) process.emit('SIGINT');
    return '{"a":1}';
  }
  await watch({ look, stdin, stdout, onScreen: false, paint: plain, everyMs: 1 });
  assert.equal(terminal.written(), '{"a":1}\n{"a":1}\n');
});
