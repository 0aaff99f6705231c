import type { Command } from '../command.ts';
import { optionsOf } from '../common-options.ts';
import type { Block, Topic } from './topic.ts';

export interface ManPage {
  readonly version: string;
  readonly commands: readonly { readonly command: Command; readonly summary: string }[];
  readonly topics: readonly Topic[];
}

/** The same texts as `ficus help`, in roff with the macros of man(7). */
export function manPage({ version, commands, topics }: ManPage): string {
  return [
    `.TH FICUS 1 "" "ficus ${version}" "User Commands"`,
    '.SH NAME',
    "ficus \\- moves a monolith's paths to new services, a few at a time, and back at once",
    '.SH SYNOPSIS',
    '.B ficus',
    '.I COMMAND',
    '[options]',
    '.SH COMMANDS',
    ...commands.flatMap(({ command, summary }) => commandSection(command, summary)),
    ...topics.flatMap(({ title, blocks }) => [
      `.SH ${plain(title).toUpperCase()}`,
      ...blocks.flatMap(blockSection),
    ]),
    '',
  ].join('\n');
}

function commandSection(command: Command, summary: string): string[] {
  const terms = [
    ...command.operands.map(({ name, text }): [string, string] => [name, text]),
    ...Object.entries(optionsOf(command))
      .filter(([name]) => name in command.options)
      .map(([name, option]): [string, string] => [
        option.type === 'boolean' ? `--${name}` : `--${name} ${option.value}`,
        option.text,
      ]),
  ];
  return [
    `.SS ${plain(`ficus ${command.usage}`)}`,
    line(`${summary}.`),
    ...terms.flatMap(term),
    ...verbatim(command.examples),
    ...(command.notes ? ['.PP', line(command.notes.join(' '))] : []),
  ];
}

function blockSection(block: Block): string[] {
  if (typeof block === 'string') return ['.PP', line(block)];
  return 'lines' in block ? verbatim(block.lines) : block.terms.flatMap(term);
}

const term = ([name, text]: readonly [string, string]): string[] => ['.TP', `.B ${plain(name)}`, line(text)];

const verbatim = (lines: readonly string[]): string[] => [
  '.PP',
  '.nf',
  '.RS 4',
  ...lines.map(line),
  '.RE',
  '.fi',
];

/** A text line: a dot or quote at its beginning would make it a request. */
const line = (text: string): string => plain(text).replace(/^(?=[.'])/, '\\&');

/** Backslashes are roff's; a hyphen that somebody copies must be the one of the keyboard. */
const plain = (text: string): string =>
  text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replace(/"/g, '\\(dq').replaceAll("'", '\\(aq');
