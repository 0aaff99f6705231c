import type { Command, Operand, Option } from '../command.ts';
import { optionsOf } from '../common-options.ts';

/** What may stand at one place of a command line. */
export type Candidates =
  | { readonly kind: 'anything' | 'file' | 'folder' | 'migration' }
  | { readonly kind: 'word'; readonly words: readonly string[] };

export interface CompletedOption {
  /** `--as` */
  readonly flag: string;
  readonly text: string;
  /** Undefined: it takes no value. */
  readonly value?: { readonly name: string; readonly candidates: Candidates };
}

export interface CompletedOperand {
  readonly name: string;
  readonly candidates: Candidates;
  readonly repeated: boolean;
}

export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  readonly operands: readonly CompletedOperand[];
}

/** What a shell needs to know of a command, from what the command says of itself. */
export function completedCommand(command: Command, summary: string): CompletedCommand {
  return {
    name: command.name,
    summary,
    options: Object.entries(optionsOf(command)).map(([name, option]) => completedOption(name, option)),
    operands: command.operands.map(completedOperand),
  };
}

function completedOption(name: string, option: Option): CompletedOption {
  const { text } = option;
  if (option.type === 'boolean') return { flag: `--${name}`, text };
  const choices = option.type === 'string' ? option.choices : undefined;
  return {
    flag: `--${name}`,
    text,
    value: { name: option.value, candidates: candidatesOf(option.value, choices) },
  };
}

function completedOperand({ name, choices, repeated = false }: Operand): CompletedOperand {
  return { name, candidates: candidatesOf(name, choices), repeated };
}

/** By the words that usages have for them: `ID…`, `FILE|ID`. */
function candidatesOf(placeholder: string, choices: readonly string[] | undefined): Candidates {
  if (choices !== undefined) return { kind: 'word', words: choices };
  const [first = ''] = placeholder.replace('…', '').split('|');
  switch (first) {
    case 'FILE':
    case 'OLD':
      return { kind: 'file' };
    case 'DIR':
      return { kind: 'folder' };
    case 'ID':
      return { kind: 'migration' };
    default:
      return { kind: 'anything' };
  }
}
