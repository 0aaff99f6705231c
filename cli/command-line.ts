import { parseArgs } from 'node:util';
import type { Command, Options, Values } from './command.ts';
import { type colorChoices, optionsOf } from './common-options.ts';
import { nearestOf } from './did-you-mean.ts';
import { UsageError } from './failures.ts';
import { parseWhole } from './number-option.ts';

export interface CommandLine {
  readonly operands: readonly (string | undefined)[];
  readonly values: Values<Options>;
  readonly json: boolean;
  readonly help: boolean;
  readonly admin: string | undefined;
  readonly color: (typeof colorChoices)[number];
  /** That a move was decided on. */
  readonly revision: number | undefined;
}

/** The arguments after the command's name; throws `UsageError`. */
export function parseCommandLine(command: Command, args: readonly string[]): CommandLine {
  const options = optionsOf(command);
  const { values, positionals } = parse(options, args);
  const { json, help, admin, revision, color = 'auto', ...own } = values;
  if (help !== true) {
    checkOperands(command, positionals);
    checkChoices(options, values);
  }
  return {
    operands: command.operands.at(-1)?.repeated
      ? positionals
      : command.operands.map((_, index) => positionals[index]),
    values: own as Values<Options>,
    json: json === true,
    help: help === true,
    admin: typeof admin === 'string' ? admin : undefined,
    color: color as CommandLine['color'],
    revision: parseWhole('revision', typeof revision === 'string' ? revision : undefined, {
      min: 0,
      max: Number.MAX_SAFE_INTEGER,
    }),
  };
}

function parse(wanted: Options, args: readonly string[]) {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string; multiple?: boolean }> = {};
  for (const [name, { type }] of Object.entries(wanted)) {
    options[name] = type === 'strings' ? { type: 'string', multiple: true } : { type };
  }
  options['help'] = { type: 'boolean', short: 'h' };
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(describe(error as Error, Object.keys(options)), { cause: error });
  }
}

function checkChoices(options: Options, values: Readonly<Record<string, unknown>>): void {
  for (const [name, option] of Object.entries(options)) {
    if (option.type !== 'string' || option.choices === undefined || values[name] === undefined) continue;
    const { choices } = option;
    if (choices.some((one) => one === values[name])) continue;
    const list = `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`;
    throw new UsageError(`--${name} wants ${list}, not "${values[name]}"`);
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
