import type { Command } from '../command.ts';
import type { CommandEntry, CommandGroup } from '../commands.ts';
import { optionsOf } from '../common-options.ts';
import { wrapText } from '../wrap-text.ts';
import type { Block, Topic } from './topic.ts';

/** Short enough to be read on a wide screen. */
const maxWidth = 100;

/** The list that `ficus` alone shows. */
export function commandList(groups: readonly CommandGroup[], topics: readonly Topic[]): string {
  const names = groups.flatMap(({ commands }) => commands.map(({ name }) => name));
  const width = Math.max(...names.map((name) => name.length));
  const line = ({ name, summary }: CommandEntry) => `  ${name.padEnd(width)}  ${summary}`;
  const lists = groups.map(({ title, commands }) => [title, ...commands.map(line)].join('\n'));
  return `Ficus moves a monolith's paths to new services, a few at a time, and back at once.

usage: ficus COMMAND [options]

${lists.join('\n\n')}

${termList([['Topics of help', topics.map(({ name }) => name).join(', ')]], 80, '').join('\n')}

Every command takes --help, which has an example, and --json. Those that ask a running
Ficus take --admin URL (else FICUS_ADMIN_URL, else http://127.0.0.1:8081) and FICUS_TOKEN.
Exit status: 0 done, 1 refused or failed (the reasons on stderr), 2 wrong usage.`;
}

export function commandHelp(command: Command, summary: string, width: number | undefined): string {
  const room = Math.min(width ?? maxWidth, maxWidth);
  const entries = [
    ...command.operands.map(({ name, text }): [string, string] => [name, text]),
    ...Object.entries(optionsOf(command)).map(([name, option]): [string, string] => [
      option.type === 'boolean' ? `--${name}` : `--${name} ${option.value}`,
      option.text,
    ]),
  ];
  const examples = command.examples.map((example) => `  ${example}`);
  return `usage: ficus ${command.usage}

${summary}

${termList(entries, room).join('\n')}

example:
${examples.join('\n')}${command.notes ? `\n\n${command.notes.join('\n')}` : ''}`;
}

export function topicText({ title, blocks }: Topic, width: number | undefined): string {
  const room = Math.min(width ?? maxWidth, maxWidth);
  const texts = blocks.map((block) => blockLines(block, room).join('\n'));
  return [wrapText(title, room).join('\n'), ...texts].join('\n\n');
}

function blockLines(block: Block, width: number): readonly string[] {
  if (typeof block === 'string') return wrapText(block, width);
  return 'lines' in block ? block.lines.map((line) => `  ${line}`) : termList(block.terms, width);
}

/** What it is in a column of its own; below it where the terminal is too narrow for two. */
function termList(
  terms: readonly (readonly [string, string])[],
  width: number,
  indent = '  ',
): readonly string[] {
  const column = Math.max(...terms.map(([term]) => term.length)) + indent.length + 2;
  const fits = width - column >= 30;
  return terms.flatMap(([term, text]) => {
    if (!fits)
      return [indent + term, ...wrapText(text, Math.max(width - 6, 20)).map((line) => `      ${line}`)];
    const [first = '', ...others] = wrapText(text, width - column);
    return [`${(indent + term).padEnd(column)}${first}`, ...others.map((line) => ' '.repeat(column) + line)];
  });
}
