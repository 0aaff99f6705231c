import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { parseCommandLine } from '../../cli/command-line.ts';
import { commands } from '../../cli/commands.ts';
import { findCommand } from '../../cli/find-command.ts';
import { topics } from '../../cli/help/topics.ts';
import { runHere } from './run-ficus.ts';

test('a topic is found by its name, by other words for it, and by several words', async () => {
  const { stdout, exitCode } = await runHere(['help', 'on-call']);
  assert.equal(exitCode, 0);
  assert.match(stdout, /^Something is wrong, and you were woken by it\n\nGoing back is never refused/);
  assert.match(stdout, /\n {2}ficus rollback catalog --reason "prices are off" /);
  for (const words of [['roll', 'back'], ['incident']])
    assert.equal((await runHere(['help', ...words])).stdout, stdout);
  const codes = await runHere(['help', 'exit', 'codes', '--json']);
  assert.equal(JSON.parse(codes.stdout).name, 'exit-codes');
});

test('every topic is listed, and fits into 80 columns, or below its terms into 50', async () => {
  const { stdout: list } = await runHere(['help']);
  for (const { name } of topics) {
    assert.ok(list.includes(name), name);
    for (const columns of [80, 50]) {
      const { stdout } = await runHere(['help', name], { COLUMNS: String(columns) });
      const examples = topics.flatMap(({ blocks }) =>
        blocks.flatMap((block) => (typeof block === 'object' && 'lines' in block ? block.lines : [])),
      );
      const wide = stdout.split('\n').filter((line) => line.length > columns);
      assert.deepEqual(
        wide.filter((line) => !examples.includes(line.trim())),
        [],
      );
    }
  }
});

test('no topic has the name of a command or another topic', () => {
  const names = [...commands, ...topics].map(({ name }) => name);
  const others = topics.flatMap(({ also = [] }) => also);
  assert.deepEqual(
    [...names, ...others].filter((name, index, all) => all.indexOf(name) !== index),
    [],
  );
});

/** What stands between backquotes, or at the beginning of a line to copy. */
function namedIn(text: string): string[] {
  const inText = [...text.matchAll(/`(ficus [^`]+)`/g)].map((match) => match[1]!);
  const alone = text.split('\n').filter((line) => line.startsWith('ficus '));
  return [...inText, ...alone];
}

test('every example of a command and of a topic is a command line that is right', async () => {
  const texts = topics.flatMap(({ blocks }) =>
    blocks.flatMap((block) =>
      typeof block === 'string' ? [block] : 'lines' in block ? block.lines : block.terms.flat(),
    ),
  );
  const ofCommands = await Promise.all(commands.map(async ({ load }) => (await load()).examples));
  const lines = [...texts, ...ofCommands.flat()].flatMap(namedIn);
  assert.ok(lines.length > 60);
  for (const line of lines) {
    const [command = ''] = line.split(/ +#| \||\s>/);
    const words = [...command.matchAll(/"[^"]*"|'[^']*'|\S+/g)].map(([word]) =>
      word.replace(/^["']|["']$/g, ''),
    );
    const [, name = '', ...args] = words;
    const wanted = await findCommand(name).load();
    assert.doesNotThrow(() => parseCommandLine(wanted, args), line);
  }
});

test('the man page has every command and topic, and troff finds nothing wrong with it', async (t) => {
  const { stdout, exitCode } = await runHere(['help', '--man']);
  assert.equal(exitCode, 0);
  for (const { name } of commands) assert.match(stdout, new RegExp(`^\\.SS ficus ${name}( |$)`, 'm'));
  for (const { title } of topics)
    assert.ok(stdout.includes(`.SH ${title.toUpperCase().replaceAll('-', '\\-')}`), title);
  const groff = spawnSync('groff', ['-k', '-man', '-ww', '-Tutf8'], { input: stdout, encoding: 'utf8' });
  if (groff.error) return t.diagnostic('groff is not there to look at it');
  assert.equal(groff.stderr, '');
  assert.match(groff.stdout, /straight back to the monolith/i);
});
