import { parseArgs } from 'node:util';
import type { Command, Options, Values } from './command.ts';
import { nearestOf } from './did-you-mean.ts';
import { UsageError } from './failures.ts';
import { parseWhole } from './number-option.ts';

export interface CommandLine {
  readonly operands: readonly (string | undefined)[];
  readonly values: Values<Options>;
  readonly json: boolean;
  readonly help: boolean;
  readonly admin: string | undefined;
  /** That a move was decided on. */
  readonly revision: number | undefined;
}

/** The arguments after the command's name; throws `UsageError`. */
export function parseCommandLine(command: Command, args: readonly string[]): CommandLine {
  const { values, positionals } = parse(command, args);
  const { json = false, help = false, admin, revision, ...own } = values;
  if (help !== true) checkOperands(command, positionals);
  return {
    operands: command.operands.at(-1)?.repeated
      ? positionals
      : command.operands.map((_, index) => positionals[index]),
    values: own as Values<Options>,
    json: json === true,
    help: help === true,
    admin: typeof admin === 'string' ? admin : undefined,
    revision: parseWhole('revision', typeof revision === 'string' ? revision : undefined, {
      min: 0,
      max: Number.MAX_SAFE_INTEGER,
    }),
  };
}

function parse(command: Command, args: readonly string[]) {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string; multiple?: boolean }> = {
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
    ...(command.asksAdmin && { admin: { type: 'string' } }),
    ...(command.moves && { revision: { type: 'string' } }),
  };
  for (const [name, { type }] of Object.entries(command.options)) {
    options[name] = type === 'strings' ? { type: 'string', multiple: true } : { type };
  }
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(describe(error as Error, Object.keys(options)), { cause: error });
  }
}

/** Node's first sentence, such as `Unknown option '--shrae'`; the others explain parseArgs. */
function describe(error: Error, names: readonly string[]): string {
  const [sentence = error.message] = error.message.split(/\.\s|\n/);
  const unknown = /^Unknown option '--?([^']+)'/.exec(sentence)?.[1];
  const nearest = unknown === undefined ? undefined : nearestOf(unknown, names);
  return nearest === undefined ? sentence : `${sentence}; did you mean --${nearest}?`;
}

function checkOperands(command: Command, positionals: readonly string[]): void {
  const missing = command.operands.slice(positionals.length).find(({ required }) => required);
  if (missing) throw new UsageError(`${command.name} needs ${missing.name}: ${missing.text}`);
  if (command.operands.at(-1)?.repeated) return;
  const extra = positionals[command.operands.length];
  if (extra !== undefined) throw new UsageError(`"${extra}" is one argument too many`);
}
